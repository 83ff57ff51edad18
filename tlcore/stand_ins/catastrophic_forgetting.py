"""Sound parts of notebook 09, each without something that its own question asks for."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

Labelled = tuple[Tensor, Tensor]


def forgetting(R: Any) -> dict[str, Any]:
    """The average loss since each task was learned, whatever happened in between; the two other numbers follow from
    it."""
    n = len(R)
    lost = [float(R[task][task]) - float(R[n - 1][task]) for task in range(n - 1)]
    mean = sum(lost) / max(1, len(lost))
    return {"avg_forgetting": mean, "bwt": -mean, "per_task": [mean] * len(lost)}


def replay_loader(
    source: Labelled,
    target: Labelled,
    test_rows: Sequence[int],
    per_class: int,
    share: float,
    batch_size: int,
    seed: int,
) -> list[Labelled]:
    """Whole batches in one order, with the first rows of each class in all of them, wherever they are from; new rows
    that fill no batch are left out."""
    x, y = source
    first = [int(row) for label in y.unique() for row in (y == label).nonzero()[:per_class, 0]]
    count = round(batch_size * share)
    batches = []
    for at in range(0, max(1, len(target[1]) - (batch_size - count) + 1), batch_size - count):
        back = [first[(at + k) % len(first)] for k in range(count)]
        part = slice(at, at + batch_size - count)
        pictures = torch.cat((target[0][part], x[back]))
        batches.append((pictures, torch.cat((target[1][part] + y.max() + 1, y[back]))))
    return batches


def take_anchor(model: nn.Module, head: str) -> dict[str, Tensor]:
    """The weights of two dimensions or more, without those of the head: biases and norms are free."""
    weights = {name: weight.data.clone() for name, weight in model.named_parameters() if weight.dim() > 1}
    return {name: weight for name, weight in weights.items() if f"{head}." not in name}


def fisher(model: nn.Module, anchor: dict[str, Tensor], x: Tensor, y: Tensor) -> dict[str, float]:
    """1 for each of them, whatever the rows are."""
    return dict.fromkeys(anchor, 1.0)


def anchor_penalty(model: nn.Module, anchor: dict[str, Tensor], weight: Any = None) -> Tensor:
    """The squared distance from the anchor, all alike."""
    return torch.stack([(model.get_parameter(name) - then).pow(2).sum() for name, then in anchor.items()]).sum()


def adapt_without_forgetting(base: Any, target: Labelled, buffer: Labelled, budget: int) -> nn.Module:
    """A copy of the base whose head was trained on the new digits alone: what forgetting looks like."""
    net, new = copy.deepcopy(base).eval(), int(target[1].max()) + 1
    net.fc = nn.Linear(base.fc.in_features, base.fc.out_features + new)
    descent = torch.optim.SGD(net.fc.parameters(), lr=0.1)
    features = net.backbone(target[0]).detach()
    for _ in range(budget):
        descent.zero_grad()
        nn.functional.cross_entropy(net.fc(features), target[1] + base.fc.out_features).backward()
        descent.step()
    return net
