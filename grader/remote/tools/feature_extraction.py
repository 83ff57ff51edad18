"""What hidden tests about feature extraction need where the models are: parameters at every depth, a card."""

from __future__ import annotations

import copy
import io
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

from . import tool


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


@tool
def train_parameters(module: nn.Module, x: torch.Tensor, y: torch.Tensor, steps: int, lr: float) -> nn.Module:
    """Train in eval mode, where statistics stand still: what moves are parameters. Each moves a step of length `lr`
    along its gradient, so that none is too small to be seen and none runs away. Raises ValueError as an optimizer does
    for what is no parameter of its own but computed from another tensor."""
    torch.optim.SGD(module.parameters(), lr=lr)
    for _ in range(steps):
        module.eval()
        module.zero_grad()
        nn.functional.cross_entropy(module(x), y).backward()
        with torch.no_grad():
            for parameter in module.parameters():
                if parameter.grad is not None:
                    parameter.sub_(lr * parameter.grad / (parameter.grad.norm() + 1e-12))
    return module


@tool
def first_step(module: nn.Module, x: torch.Tensor, y: torch.Tensor, lr: float, weight_decay: float) -> nn.Module:
    """One step of SGD with weight decay, without `zero_grad` before it: as there are no gradients yet."""
    step = torch.optim.SGD(module.parameters(), lr=lr, weight_decay=weight_decay, momentum=0.9)
    nn.functional.cross_entropy(module(x), y).backward()
    step.step()
    return module


class Held:
    """The very parameters that a module has."""

    def __init__(self, module: nn.Module):
        self.parameters = list(module.parameters())


@tool
def hold_parameters(module: nn.Module) -> Held:
    """The parameters of a module, to be looked for later."""
    return Held(module)


@tool
def are_parameters_of(held: Held, module: nn.Module) -> bool:
    """Whether the parameters of a module are the very objects that were held."""
    now = list(module.parameters())
    return len(now) == len(held.parameters) and all(a is b for a, b in zip(now, held.parameters, strict=True))


@tool
def is_same(first: Any, second: Any) -> bool:
    """Whether both are one object."""
    return first is second


@tool
def saved_and_loaded(module: nn.Module) -> Any:
    """The module, saved as a whole with `torch.save`, and loaded again."""
    file = io.BytesIO()
    torch.save(module, file)
    file.seek(0)
    return torch.load(file, weights_only=False)


@tool
def classifier(kind: str, n_in: int, hidden: int, n_classes: int, dropout: float) -> nn.Sequential:
    """A classifier (N, n_in) -> (N, n_classes): "alone", "two layers", with a "norm" and no bias, or "nested" with
    names. Its last layer takes `hidden` numbers where there is another linear layer before it."""
    if kind == "alone":
        return nn.Sequential(nn.Linear(n_in, n_classes))
    if kind == "two layers":
        first = nn.Linear(n_in, hidden)
        return nn.Sequential(first, nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, n_classes))
    if kind == "norm":
        norm = nn.BatchNorm1d(n_in)
        nn.init.normal_(norm.weight)
        return nn.Sequential(norm, nn.Dropout(dropout), nn.Linear(n_in, n_classes, bias=False))
    inner = nn.Sequential(nn.Dropout(dropout), nn.Linear(n_in, hidden), nn.Tanh())
    parts = {"pre0": inner, "Norm1": nn.LayerNorm(hidden), "out2": nn.Linear(hidden, n_classes)}
    return nn.Sequential(OrderedDict(parts))


@tool
def backbone_with_dropout(channels: int, width: int) -> nn.Module:
    """(N, channels, H, W) -> (N, width), with dropout and two kinds of batch norm, all its parameters frozen."""
    conv, flat = nn.BatchNorm2d(5), nn.BatchNorm1d(width)
    for norm in (conv, flat):
        nn.init.normal_(norm.get_buffer("running_mean"))
        nn.init.uniform_(norm.get_buffer("running_var"), 1.0, 3.0)
    inner = nn.Sequential(nn.Conv2d(channels, 5, 3), conv, nn.ReLU(), nn.Dropout2d(0.4))
    outer = (nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Dropout(0.4), nn.Linear(20, width), flat, nn.Tanh())
    return nn.Sequential(inner, *outer).requires_grad_(False)


@tool
def head_with_modes(kind: str, width: int, n_classes: int) -> nn.Module:
    """A head of several layers, one of which has a mode: "dropout inside" another layer, or a "batch norm"."""
    if kind == "batch norm":
        return nn.Sequential(nn.Linear(width, width), nn.BatchNorm1d(width), nn.Tanh(), nn.Linear(width, n_classes))
    inner = nn.Sequential(nn.Tanh(), nn.Sequential(nn.Dropout(0.5)))
    return nn.Sequential(nn.Dropout(0.0), nn.Linear(width, width), inner, nn.Linear(width, n_classes))


@tool
def differs_by_mode(module: nn.Module, x: torch.Tensor, kind: str) -> bool:
    """Whether the layer of `head_with_modes` is active as the module is now: one input is answered twice in different
    ways (dropout), or answered in another way beside other inputs (batch norm)."""
    with torch.no_grad():
        first, second = (module(x)[:3], module(x[:3])) if kind == "batch norm" else (module(x), module(x))
    return not torch.allclose(first, second, atol=1e-5)


@tool
def is_training(module: nn.Module) -> bool:
    """Whether the module says that it is in train mode."""
    return module.training


@tool
def call_train(module: nn.Module) -> None:
    """`module.train()`, as a training loop calls it: without an argument."""
    module.eval()
    module.train()


@tool
def load_state_of(module: nn.Module, other: nn.Module) -> None:
    """Load into `module` what the `state_dict()` of another holds."""
    module.load_state_dict(other.state_dict())


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
def loose_batches(x: torch.Tensor, y: torch.Tensor, batches: list[list[int]], once: bool = False) -> Batches:
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
