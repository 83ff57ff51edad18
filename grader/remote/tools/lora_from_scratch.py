"""What hidden tests about low-rank adapters do with models: set factors, count what can learn.

A learner's class may call its factors anything and store them either way round, so they are found by their shape among
the parameters.
"""

from __future__ import annotations

import torch
from torch import nn

from . import tool


@tool
def trainable(module: nn.Module, flag: bool) -> nn.Module:
    """Whether the parameters of a module ask for gradients, before the learner's code sees it."""
    return module.requires_grad_(flag)


@tool
def trainable_only(module: nn.Module, path: str) -> nn.Module:
    """Parameters of the part at a dotted path ask for gradients, and the others do not."""
    module.requires_grad_(False).get_submodule(path).requires_grad_(True)
    return module


@tool
def trainable_counts(module: nn.Module, paths: list[str]) -> dict[str, int]:
    """How many numbers can learn under each of some dotted paths; a parameter in two places counts once."""
    return {path: sum(p.numel() for p in module.get_submodule(path).parameters() if p.requires_grad) for path in paths}


@tool
def set_factors(module: nn.Module, first: torch.Tensor, second: torch.Tensor) -> nn.Module:
    """Set the two parameters that have the shapes of A and B (or the transposed ones) to these values, in place."""
    found = _pair(module, first.shape, second.shape)
    with torch.no_grad():
        for parameter, wanted in zip(found, (first, second), strict=True):
            parameter.copy_(wanted if parameter.shape == wanted.shape else wanted.T)
    return module


@tool
def set_whatever_is_like_factors(module: nn.Module, first: torch.Tensor, second: torch.Tensor) -> nn.Module:
    """Set every parameter and buffer that is shaped like one of these, in place. There may be none."""
    with torch.no_grad():
        for found in [*module.parameters(), *module.buffers()]:
            for wanted in (first, second):
                if tuple(found.shape) in _either(wanted.shape):
                    found.copy_(wanted if found.shape == wanted.shape else wanted.T)
    return module


@tool
def set_all_factors(module: nn.Module, factors: dict[str, tuple[torch.Tensor, torch.Tensor]]) -> nn.Module:
    """`set_factors` for the layers at some dotted paths."""
    for path, (first, second) in factors.items():
        set_factors(module.get_submodule(path), first, second)
    return module


@tool
def get_factors(module: nn.Module, first: list[int], second: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
    """The two parameters that have these shapes or the transposed ones, turned to these shapes."""
    one, two = (_of_shape(module, torch.Size(shape)).detach().clone() for shape in (first, second))
    return (one if list(one.shape) == first else one.T), (two if list(two.shape) == second else two.T)


@tool
def input_gradient(module: nn.Module, x: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """The gradient of the weighted sum of the outputs with respect to x, in eval mode; zeros if none arrives."""
    x = x.clone().requires_grad_()
    total = (module.eval()(x) * weights).sum()
    if total.requires_grad:
        total.backward()
    return torch.zeros_like(x) if x.grad is None else x.grad


@tool
def used(module: nn.Module, x: torch.Tensor, times: int) -> nn.Module:
    """The module after it was called so often, in eval mode."""
    module.eval()
    with torch.no_grad():
        for _ in range(times):
            module(x)
    return module


@tool
def held(value: torch.Tensor) -> torch.Tensor:
    """A tensor, as it is now; called with `kept`, it stays here to be handed over again."""
    return value.clone()


@tool
def weight_of(layer: nn.Linear) -> torch.Tensor:
    """The weight itself, not a copy; called with `kept`, it stays here."""
    return layer.weight


@tool
def fill(parameter: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    """Write into a tensor, in place."""
    with torch.no_grad():
        return parameter.copy_(value)


@tool
def set_tensors(module: nn.Module, values: dict[str, torch.Tensor]) -> nn.Module:
    """Write into the parameters and buffers of these names, in place."""
    own = {**dict(module.named_parameters()), **dict(module.named_buffers())}
    for name, value in values.items():
        fill(own[name], value)
    return module


@tool
def in_precision(module: nn.Module, dtype: str) -> nn.Module:
    """The module in another precision."""
    return module.to(getattr(torch, dtype))


@tool
def modes(module: nn.Module, paths: list[str]) -> dict[str, bool]:
    """Which of some parts are in train mode."""
    return {path: module.get_submodule(path).training for path in paths}


@tool
def collection(names: dict[str, str], width: int, wide: int, depth: int, n_words: int, n_out: int) -> nn.Module:
    """A Collection in eval mode."""
    return Collection(names, width, wide, depth, n_words, n_out).eval()


class Collection(nn.Module):
    """Layers of many kinds at every depth: word ids (N, T) -> (N, n_out).

    At the top an embedding, a norm, a convolution, a dropout, a linear layer `names["top"]` and the head, a norm and a
    linear layer. In each of `depth` blocks a norm, `names["attention"]` with the layers `names["query"]`,
    `names["value"]` and a trap beside it, `names["box"]` with the layer `inner`, and `names["wide"]` with as many
    outputs as `wide` says.
    """

    def __init__(self, names: dict[str, str], width: int, wide: int, depth: int, n_words: int, n_out: int):
        super().__init__()
        self.names = names
        self.embed, self.norm = nn.Embedding(n_words, width), nn.LayerNorm(width)
        self.conv, self.drop = nn.Conv1d(width, width, 3, padding=1), nn.Dropout(0.5)
        self.add_module(names["top"], nn.Linear(width, width))
        blocks = []
        for _ in range(depth):
            attention = nn.ModuleDict(
                {
                    names["query"]: nn.Linear(width, width + 3, bias=False),
                    names["value"]: nn.Linear(width, width + 2),
                    names["trap"]: nn.Linear(width, width + 1),
                }
            )
            parts = {"norm": nn.LayerNorm(width), names["attention"]: attention}
            parts[names["box"]] = nn.ModuleDict({"inner": nn.Linear(width, width)})
            parts[names["wide"]] = nn.Linear(width, wide)
            blocks.append(nn.ModuleDict(parts))
        self.blocks = nn.ModuleList(blocks)
        self.add_module(names["head"], nn.Sequential(nn.LayerNorm(width), nn.Linear(width, n_out)))

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """(N, T) -> (N, n_out)."""
        names = self.names
        x = self.norm(self.embed(ids))
        x = x + self.get_submodule(names["top"])(x)
        x = x + torch.tanh(self.conv(x.transpose(1, 2)).transpose(1, 2))
        for block in self.blocks.children():
            y = block.get_submodule("norm")(x)
            for path, layer in block.named_modules():
                if path.startswith(names["attention"] + ".") and path.count(".") == 1:
                    x = x + torch.tanh(layer(y))[..., : x.shape[-1]]
            x = x + torch.tanh(block.get_submodule(names["box"] + ".inner")(y))
            x = x + torch.tanh(block.get_submodule(names["wide"])(y))[..., -x.shape[-1] :]
        return self.get_submodule(names["head"])(self.drop(x).mean(1))


@tool
def tied_embedding(layer: nn.Linear) -> nn.Embedding:
    """An embedding whose table *is* the weight of a linear layer, as in a language model with a tied head."""
    embedding = nn.Embedding(*layer.weight.shape)
    embedding.weight = layer.weight
    return embedding


def _either(shape: torch.Size) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return tuple(shape), tuple(reversed(shape))


def _pair(module: nn.Module, first: torch.Size, second: torch.Size) -> tuple[nn.Parameter, nn.Parameter]:
    """The parameters shaped like A and B, either way round.

    In a square layer both have the same shapes. There A and B are those called so; with other names, the layer tells
    what it makes of them.
    """
    if tuple(second) not in _either(first):
        return _of_shape(module, first), _of_shape(module, second)
    found = {name: p for name, p in module.named_parameters() if tuple(p.shape) in _either(first)}
    if len(found) != 2:
        raise LookupError(f"the layer has {len(found)} parameters shaped like A or B; 2 are expected")
    if set(found) == {"A", "B"} and found["A"].shape == first and found["B"].shape == second:
        return found["A"], found["B"]
    one, two = found.values()
    with torch.no_grad():
        for parameter in (one, two):
            parameter.copy_(torch.randn_like(parameter))
        x = torch.eye(first[1], dtype=one.dtype)
        with_update = module.eval()(x)
        kept = two.clone()
        two.zero_()
        update = with_update - module(x)
        two.copy_(kept)

        def is_a_and_b(a: torch.Tensor, b: torch.Tensor) -> float:
            a, b = a if a.shape == first else a.T, b if b.shape == second else b.T
            return float(nn.functional.cosine_similarity((b @ a).T.flatten(), update.flatten(), dim=0))

        return (one, two) if is_a_and_b(one, two) > is_a_and_b(two, one) else (two, one)


def _of_shape(module: nn.Module, shape: torch.Size) -> nn.Parameter:
    found = [p for p in module.parameters() if tuple(p.shape) in _either(shape)]
    if len(found) != 1:
        how_many = "no parameter" if not found else f"{len(found)} parameters"
        raise LookupError(f"the layer has {how_many} of shape {' × '.join(map(str, shape))} (either way round)")
    return found[0]
