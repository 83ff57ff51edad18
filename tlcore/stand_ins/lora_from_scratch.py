"""Sound parts of notebook 04: a layer without dropout, an injection that does not say what it wrapped."""

from __future__ import annotations

from collections.abc import Iterable

from torch import Tensor, nn


class LoRALinear(nn.Module):
    """A LoRA layer with the names of exercise 4: `base`, `A` (r, in), `B` (out, r), `r`, `alpha`, `merged`.

    Args:
        base: the layer to adapt; it is frozen.
        r, alpha: rank and strength.
        dropout: must be 0.

    Shapes: (…, in_features) -> (…, out_features). Raises ValueError for a dropout.
    """

    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if dropout:
            raise ValueError("the stand-in has no dropout: it is there for the questions after this one")
        self.base = base.requires_grad_(False)
        self.r, self.alpha, self.merged = r, alpha, False
        self.A = nn.Parameter(nn.init.normal_(base.weight.new_empty(r, base.in_features), std=base.in_features**-0.5))
        self.B = nn.Parameter(base.weight.new_zeros(base.out_features, r))

    def forward(self, x: Tensor) -> Tensor:
        """The base's output plus the update; the base's alone where `merged` says that the update is in it."""
        if self.merged:
            return self.base(x)
        low_rank = nn.functional.linear(nn.functional.linear(x, self.A), self.B)
        return self.base(x) + low_rank * (self.alpha / self.r)


def inject_lora(model: nn.Module, targets: Iterable[str], r: int, alpha: float) -> None:
    """Wrap the linear layers of `model` that `targets` mean, in place. Returns nothing."""
    endings = tuple(f".{target}" for target in targets)
    for path, module in list(model.named_modules()):
        if type(module) is nn.Linear and f".{path}".endswith(endings):
            model.set_submodule(path, LoRALinear(module, r, alpha))
