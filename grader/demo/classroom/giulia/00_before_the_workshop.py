# %% question="summarise"
def summarise(values, *, digits=2, skip=None):
    good = [v for v in values if v is not skip]
    if not good:
        return 0, None, None
    print(len(good), "values")
    return len(good), round(sum(good) / len(good), digits), max(good)


# %% question="kind_of"
def kind_of(item, run):
    facts = run[item]
    if facts["saved"]:
        if facts["learned"]:
            return "parameter"
        return "buffer"
    if facts["chosen"]:
        if facts["changes"]:
            return "parameter"  # a learning rate with a schedule
        return "hyperparameter"
    return "metric" if facts["from_predictions"] else "data"


# %% question="read_metrics"
def read_metrics(confusion):
    classes = range(len(confusion))
    columns = [[row[k] for row in confusion] for k in classes]
    total = sum(map(sum, confusion))

    def share(part, whole):
        return part / whole if whole else math.nan

    return {
        "accuracy": share(sum(confusion[k][k] for k in classes), total),
        "precision": [share(confusion[k][k], sum(columns[k])) for k in classes],
        "recall": [share(confusion[k][k], sum(confusion[k])) for k in classes],
        "majority": 1 / len(confusion),
    }


# %% question="train_step"
def train_step(model, x, y, lr):
    model.zero_grad()
    loss = F.cross_entropy(model(x), y)
    loss.backward()
    for p in model.parameters():
        if p.grad is not None:
            p -= lr * p.grad
    return loss.item()
