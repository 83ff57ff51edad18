# It breaks: in the order of the classes. Here the classes are sorted, the best first.
import math


def read_metrics(confusion):
    n = range(len(confusion))
    hits = [confusion[k][k] for k in n]
    rows = [sum(confusion[k]) for k in n]
    columns = [sum(row[k] for row in confusion) for k in n]
    return {
        "accuracy": sum(hits) / sum(rows),
        "precision": [hits[k] / columns[k] if columns[k] else math.nan for k in n],
        "recall": sorted([hits[k] / rows[k] if rows[k] else math.nan for k in n], reverse=True),
        "majority": max(rows) / sum(rows),
    }
