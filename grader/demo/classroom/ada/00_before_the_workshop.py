# %% before="summarise"
import numpy as np


# %% question="summarise"
def summarise(values, *, digits=2, skip=None):
    table = np.asarray(values, dtype=float)
    counted = table if skip is None else table[table != skip]
    if counted.size == 0:
        return 0, None, None
    return counted.size, np.round(counted.mean(), digits), counted.max()


# %% question="count_parameters"
def count_parameters(layers):
    counts = []
    for layer in layers:
        options = {name: value for name, value in layer.items() if name != "kind"}
        module = getattr(nn, layer["kind"])(**options)
        counts.append(sum(p.numel() for p in module.parameters()))
    return counts, sum(counts)


# %% question="kind_of"
def kind_of(item, run):
    order = {"learned": "parameter", "saved": "buffer", "from_predictions": "metric", "chosen": "hyperparameter"}
    return next((kind for fact, kind in order.items() if run[item][fact]), "data")


# %% question="read_metrics"
def read_metrics(confusion):
    table = np.array(confusion, dtype=float)
    hits, there, answered = table.diagonal(), table.sum(axis=1), table.sum(axis=0)
    with np.errstate(invalid="ignore"):
        return {
            "accuracy": hits.sum() / table.sum(),
            "precision": hits / answered,
            "recall": hits / there,
            "majority": there.max() / table.sum(),
        }


# %% question="train_step"
def train_step(model, x, y, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    optimizer.zero_grad()
    loss = F.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.detach()
