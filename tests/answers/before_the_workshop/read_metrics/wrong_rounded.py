# It breaks: the share of all pictures. Here it is rounded to two decimals.
import math


def read_metrics(confusion):
    n = range(len(confusion))
    hits = [confusion[k][k] for k in n]
    rows = [sum(confusion[k]) for k in n]
    columns = [sum(row[k] for row in confusion) for k in n]
    return {
        "accuracy": round(sum(hits) / sum(rows), 2),
        "precision": [hits[k] / columns[k] if columns[k] else math.nan for k in n],
        "recall": [hits[k] / rows[k] if rows[k] else math.nan for k in n],
        "majority": max(rows) / sum(rows),
    }
