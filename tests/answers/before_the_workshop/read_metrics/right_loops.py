def read_metrics(confusion):
    n = len(confusion)
    total = correct = most = 0
    precision, recall = [], []
    for k in range(n):
        row = column = 0
        for other in range(n):
            row += confusion[k][other]
            column += confusion[other][k]
        total += row
        correct += confusion[k][k]
        most = max(most, row)
        try:
            recall.append(confusion[k][k] / row)
        except ZeroDivisionError:
            recall.append(float("nan"))
        try:
            precision.append(confusion[k][k] / column)
        except ZeroDivisionError:
            precision.append(float("nan"))
    return {"recall": tuple(recall), "precision": tuple(precision), "accuracy": correct / total, "majority": most / total}
