# It breaks: the class that has most pictures. Here it is the first class.
import math


def read_metrics(confusion):
    n = range(len(confusion))
    hits = [confusion[k][k] for k in n]
    rows = [sum(confusion[k]) for k in n]
    columns = [sum(row[k] for row in confusion) for k in n]
    return {
        "accuracy": sum(hits) / sum(rows),
        "precision": [hits[k] / columns[k] if columns[k] else math.nan for k in n],
        "recall": [hits[k] / rows[k] if rows[k] else math.nan for k in n],
        "majority": rows[0] / sum(rows),
    }
