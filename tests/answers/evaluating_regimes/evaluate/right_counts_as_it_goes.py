# Nothing is kept but counts; plain Python for the rest.
from collections import Counter

import torch
import torch.nn.functional as F
from tlcore.models import logits_of


def evaluate(model, loader):
    states = [m.training for m in model.modules()]
    model.eval()
    loss, pairs, k = 0.0, Counter(), 0
    with torch.no_grad():
        for x, y in loader:
            z = logits_of(model(x))
            k = z.shape[1]
            loss += F.cross_entropy(z, y, reduction="sum").item()
            pairs.update(zip(y.tolist(), z.argmax(dim=1).tolist()))
    for m, state in zip(model.modules(), states):
        m.training = state
    n = sum(pairs.values())
    table = [[pairs[i, j] for j in range(k)] for i in range(k)]
    f1 = []
    for c in range(k):
        tp = table[c][c]
        fn, fp = sum(table[c]) - tp, sum(row[c] for row in table) - tp
        f1.append(2 * tp / (2 * tp + fp + fn) if tp else 0.0)
    return {
        "confusion": table,
        "n": n,
        "accuracy": sum(table[c][c] for c in range(k)) / n,
        "macro_f1": sum(f1) / k,
        "majority": max(map(sum, table)) / n,
        "loss": loss / n,
    }
