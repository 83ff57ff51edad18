# It breaks: each part has its own mode back. Here all get that of the whole.
import torch
import torch.nn.functional as F
from tlcore.models import logits_of


def evaluate(model, loader):
    came = model.training
    model.eval()
    logits, labels = [], []
    with torch.no_grad():
        for x, y in loader:
            logits.append(logits_of(model(x)))
            labels.append(y)
    model.train(came)
    logits, labels = torch.cat(logits), torch.cat(labels)
    said, k = logits.argmax(1), logits.shape[1]
    confusion = torch.bincount(labels * k + said, minlength=k * k).view(k, k)
    hits = confusion.diag()
    f1 = 2 * hits / (confusion.sum(0) + confusion.sum(1)).clamp(min=1)
    return {
        "n": len(labels),
        "loss": float(F.cross_entropy(logits, labels)),
        "confusion": confusion,
        "accuracy": float(hits.sum() / len(labels)),
        "macro_f1": float(f1.mean()),
        "majority": float(torch.bincount(labels).max() / len(labels)),
    }
