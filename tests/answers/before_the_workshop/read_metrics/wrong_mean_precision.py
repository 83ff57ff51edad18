# It breaks: precision is a list with a number for each class. Here it is their mean.
import math


def read_metrics(confusion):
    n = range(len(confusion))
    hits = [confusion[k][k] for k in n]
    rows = [sum(confusion[k]) for k in n]
    columns = [sum(row[k] for row in confusion) for k in n]
    return {
        "accuracy": sum(hits) / sum(rows),
        "precision": sum(hits[k] / columns[k] for k in n if columns[k]) / len(n),
        "recall": [hits[k] / rows[k] if rows[k] else math.nan for k in n],
        "majority": max(rows) / sum(rows),
    }
