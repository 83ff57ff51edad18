def forgetting(R):
    T = len(R)
    lost, change = [], []
    for task in range(T - 1):
        best = None
        for time in range(task, T - 1):
            value = float(R[time][task])
            if value == value and (best is None or value > best):
                best = value
        lost.append(best - float(R[T - 1][task]))
        change.append(float(R[T - 1][task]) - float(R[task][task]))
    n = max(T - 1, 1)
    return {"per_task": lost, "avg_forgetting": sum(lost) / n, "bwt": sum(change) / n}
