# It breaks: the accuracy of always answering the commonest class. Here it is the number of that class.
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
        "majority": rows.index(max(rows)),
    }
