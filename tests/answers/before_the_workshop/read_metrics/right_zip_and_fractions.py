from fractions import Fraction
from math import nan


def share(part, whole):
    return float(Fraction(part, whole)) if whole else nan


def read_metrics(confusion):
    rows, columns = [sum(r) for r in confusion], [sum(c) for c in zip(*confusion)]
    hits = [confusion[i][i] for i in range(len(rows))]
    return {
        "accuracy": share(sum(hits), sum(rows)),
        "precision": list(map(share, hits, columns)),
        "recall": list(map(share, hits, rows)),
        "majority": share(max(rows), sum(rows)),
    }
