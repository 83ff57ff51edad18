from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

from tlcore.checkpoints.hub import read_cards
from tlcore.loading import from_pretrained
from tlcore.models.outputs import logits_of
from tlcore.training import train


def shortlist(cards, needs):
    checks = {
        "licence": lambda c: c["licence"] is not None and c["licence"].lower() in needs["licences"],
        "seen_test": lambda c: needs["test_data"] not in c["trained_on"],
        "parameters": lambda c: c["parameters"] <= needs["max_parameters"],
        "task": lambda c: c["task"] == needs["task"],
        "input": lambda c: all(c["input"][k] == needs[k] for k in ("channels", "size")),
    }
    return {c["name"]: [name for name, fine in checks.items() if not fine(c)] for c in cards}


def _net(folder):
    folder = Path(folder)
    card = [c for c in read_cards(folder.parent) if c["name"] == folder.name][0]["input"]
    mean, std = (torch.tensor(card[k], dtype=torch.float32).reshape(1, len(card[k]), 1, 1) for k in ("mean", "std"))
    net, _ = from_pretrained(folder)
    return net, lambda x: (x - mean) / std


def classifier(folder):
    net, ready = _net(folder)
    return lambda x: logits_of(net.eval()(ready(x)))


def capstone(hub, target):
    def transfer(name, seed):
        net, ready = _net(Path(hub) / name)
        x, y = target.train(seed)
        with torch.no_grad():
            f = net.features(ready(x)).numpy()
        solver = LogisticRegression(C=10.0, max_iter=200).fit((f - f.mean(0)) / (f.std(0) + 1e-6), y.numpy())

        def model(new):
            with torch.no_grad():
                g = net.features(ready(new)).numpy()
            return solver.decision_function((g - f.mean(0)) / (f.std(0) + 1e-6))

        return model

    def scratch(name, seed):
        net, ready = _net(Path(hub) / name)
        torch.manual_seed(seed)
        net = type(net)(target.n_classes, net.config.in_channels, net.config.widths, dropout=0.0)
        x, y = target.train(seed)
        train(net, (ready(x), y), steps=25, lr=5e-3, progress=False, optimizer="adam")
        return lambda new: net(ready(new)).detach().numpy()

    def percent(model, x, y):
        return float(np.mean(model(x).argmax(1) == y.numpy()) * 100)

    reasons = shortlist(read_cards(hub), target.needs)
    fits = [name for name in reasons if not reasons[name]]
    val = target.val()
    chosen = fits[int(np.argmax([np.mean([percent(transfer(n, s), *val) for s in target.seeds]) for n in fits]))]
    test = target.test(chosen)
    models = {k: [f(chosen, s) for s in target.seeds] for k, f in (("transfer", transfer), ("scratch", scratch))}
    return {"chosen": chosen, "models": models, "table": {k: [percent(m, *test) for m in v] for k, v in models.items()}}
