# It breaks: the model is left as it was. Here nothing of it can learn afterwards.
def evaluate(model, loader):
    modes = [(part, part.training) for part in model.modules()]
    model.eval()
    model.requires_grad_(False)
    all_logits, all_labels = [], []
    with torch.no_grad():
        for x, y in loader:
            all_logits.append(logits_of(model(x)))
            all_labels.append(y)
    for part, mode in modes:
        part.training = mode
    logits, labels = torch.cat(all_logits), torch.cat(all_labels)
    answers = logits.argmax(1)
    k = logits.shape[1]
    confusion = torch.zeros(k, k, dtype=torch.long)
    for true, said in zip(labels, answers):
        confusion[true, said] += 1
    n = len(labels)
    hits, rows, columns = confusion.diag(), confusion.sum(1), confusion.sum(0)
    f1 = 2 * hits / (rows + columns).clamp(min=1)
    return {
        "n": n,
        "loss": F.cross_entropy(logits, labels).item(),
        "confusion": confusion,
        "accuracy": (hits.sum() / n).item(),
        "macro_f1": f1.mean().item(),
        "majority": (rows.max() / n).item(),
    }
