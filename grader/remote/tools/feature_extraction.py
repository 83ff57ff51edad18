"""What hidden tests about feature extraction need where the models are: parameters at every depth, a card."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

from . import tool


class Nest(nn.Module):
    """Parameters at every depth: one of its own, a child's, a grandchild's and deeper. (N, width) -> (N, width)."""

    def __init__(self, width: int, names: list[str]):
        super().__init__()
        self.scale = nn.Parameter(torch.full((width,), 1.1))
        self.stem = nn.Linear(width, width)
        deep = nn.Sequential(nn.LayerNorm(width), nn.Sequential(nn.Linear(width, width), nn.Tanh()))
        blocks = [nn.Sequential(nn.Linear(width, width), nn.ReLU()), deep]
        self.blocks = nn.ModuleDict(dict(zip(names, blocks, strict=True)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, width) -> (N, width)."""
        x = self.scale * self.stem(x)
        for block in self.blocks.values():
            x = x + block(x)
        return x


class Tower(nn.Module):
    """`inlet`, `backbone` (a Nest), `outlet`, `head`: (N, n_in) -> (N, n_classes)."""

    def __init__(self, n_in: int, width: int, n_classes: int, names: list[str]):
        super().__init__()
        self.inlet = nn.Linear(n_in, width)
        self.backbone = Nest(width, names)
        self.outlet = nn.Linear(width, width)
        self.head = nn.Linear(width, n_classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, n_in) -> (N, n_classes)."""
        return self.head(torch.tanh(self.outlet(self.backbone(self.inlet(x)))))


@tool
def tower(n_in: int, width: int, n_classes: int, names: list[str], tied: bool = False) -> nn.Module:
    """A Tower; `tied` makes the weight of `outlet` the very parameter that lies deepest in the backbone."""
    model = Tower(n_in, width, n_classes, names)
    if tied:
        deepest = [m for m in model.backbone.modules() if isinstance(m, nn.Linear)][-1]
        model.outlet.weight = deepest.weight
    return model


@tool
def card(**entries: Any) -> Any:
    """The card of a checkpoint."""
    from tlcore.checkpoints.card import Card

    lists = {key: tuple(value) for key, value in entries.items() if isinstance(value, list)}
    settings: dict[str, Any] = {**entries, **lists}
    return Card(**settings)


@tool
def learn_from(answer: Any, head: nn.Module, net: nn.Module, y: torch.Tensor, steps: int, lr: float) -> nn.Module:
    """Train `head` on the features (N, d) that come first in `answer`, with the net's parameters in the optimizer too.

    Raises RuntimeError where the features hold a graph: the first step goes through it, and then it is gone.
    """
    features = answer[0]
    if isinstance(features, (list, tuple)) and features and isinstance(features[0], torch.Tensor):
        features = torch.stack(list(features))
    # A copy, because nothing can learn from a tensor made in inference mode; the graph, where there is one, stays.
    features = torch.as_tensor(features).to(head.get_parameter("weight").dtype).clone()
    step = torch.optim.SGD([*head.parameters(), *net.parameters()], lr=lr)
    for _ in range(steps):
        step.zero_grad()
        nn.functional.cross_entropy(head(features), y).backward()
        step.step()
    return head


class Batches:
    """Batches that stand nowhere but here: no data set behind them, and nothing to ask but the next one.

    `once` makes a second pass empty, as that of a generator is. `passes` counts how often somebody began one.
    """

    def __init__(self, x: torch.Tensor, y: torch.Tensor, batches: list[list[int]], once: bool):
        self.x, self.y, self.batches, self.once = x, y, batches, once
        self.passes = 0

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        self.passes += 1
        if self.once and self.passes > 1:
            return iter(())
        # Views of the data where rows lie side by side, so that whoever changes a batch in place changes the data.
        rows = (slice(b[0], b[-1] + 1) if b == [*range(b[0], b[-1] + 1)] else b for b in self.batches)
        return iter([(self.x[r], self.y[r]) for r in rows])


class Drawn(Dataset[tuple[torch.Tensor, int]]):
    """Pictures that are brightened when they are taken out, each with its label as a plain number."""

    def __init__(self, x: torch.Tensor, y: torch.Tensor, brighter: float):
        self.x, self.y, self.brighter = x, y, brighter

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, i: int) -> tuple[torch.Tensor, int]:
        return self.x[i] + self.brighter, int(self.y[i])


class CountedLoader(DataLoader[Any]):
    """A DataLoader that counts its passes."""

    passes = 0

    def __iter__(self) -> Any:
        self.passes += 1
        return super().__iter__()


class Seer(nn.Module):
    """A model with no part called `backbone`: what its head sees has been through a norm and a dropout besides."""

    def __init__(self, body: nn.Module, width: int, n_classes: int):
        super().__init__()
        self.body = body
        self.norm = nn.BatchNorm1d(width)
        self.drop = nn.Dropout(0.3)
        self.say = nn.Linear(width, n_classes)
        with torch.no_grad():
            self.norm.get_parameter("weight").fill_(0.7)
            self.norm.get_parameter("bias").fill_(0.2)

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """(N, C, H, W) -> (N, width)."""
        return self.drop(self.norm(self.body(x)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, C, H, W) -> (N, n_classes)."""
        return self.say(self.features(x))


class GradSwitch:
    """Whether gradients are recorded, to be set and told from afar."""

    def __call__(self, on: bool) -> bool:
        """Set it; returns what it was."""
        was = torch.is_grad_enabled()
        torch.set_grad_enabled(on)
        return was


@tool
def batches(x: torch.Tensor, y: torch.Tensor, batches: list[list[int]], once: bool = False) -> Batches:
    """Batches of the given rows, by something that is no DataLoader."""
    return Batches(x, y, batches, once)


@tool
def drawing_loader(
    x: torch.Tensor, y: torch.Tensor, rows: list[int], batch_size: int, brighter: float
) -> DataLoader[Any]:
    """A DataLoader that draws these rows and drops a smaller last batch, of a data set that brightens its pictures."""
    return CountedLoader(Drawn(x, y, brighter), batch_size=batch_size, sampler=rows, drop_last=True)


@tool
def seer(net: nn.Module, width: int, n_classes: int) -> nn.Module:
    """A Seer with the backbone of `net`."""
    return Seer(net.get_submodule("backbone"), width, n_classes)


@tool
def grad_switch() -> GradSwitch:
    """The switch. No tool itself: around a tool, the settings of the session are put back."""
    return GradSwitch()


@tool
def overwrite(answer: Any) -> bool:
    """Fill the tensors and arrays of `answer` with ones, in place."""
    for values in answer:
        if isinstance(values, torch.Tensor):
            with torch.inference_mode():
                values.fill_(1)
        elif isinstance(values, np.ndarray) and values.flags.writeable:
            values.fill(1)
    return True


@tool
def copied(value: Any) -> Any:
    """A copy; called with `kept` it stays where it is, and another call brings home what became of it."""
    return copy.deepcopy(value)
