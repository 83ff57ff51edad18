from statistics import fmean


def _column(R, task):
    return [float(row[task]) for row in R]


def forgetting(R):
    rows = [list(map(float, row)) for row in R]
    columns = [_column(rows, task)[task:] for task in range(len(rows) - 1)]
    per_task = [max(v for v in column[:-1] if v == v) - column[-1] for column in columns]
    transfer = [column[-1] - column[0] for column in columns]
    mean = lambda values: fmean(values) if values else 0.0  # noqa: E731
    return {"avg_forgetting": mean(per_task), "bwt": mean(transfer), "per_task": per_task}
