# It breaks: `confusion` stays as it is. Here the rows are divided by their sums.
import math


def read_metrics(confusion):
    n = range(len(confusion))
    hits = [confusion[k][k] for k in n]
    rows = [sum(confusion[k]) for k in n]
    columns = [sum(row[k] for row in confusion) for k in n]
    before = [list(row) for row in confusion]
    for k in n:
        confusion[k][:] = [value / max(rows[k], 1) for value in before[k]]
    return {
        "accuracy": sum(hits) / sum(rows),
        "precision": [hits[k] / columns[k] if columns[k] else math.nan for k in n],
        "recall": [hits[k] / rows[k] if rows[k] else math.nan for k in n],
        "majority": max(rows) / sum(rows),
    }
