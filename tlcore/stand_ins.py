"""Stuck at a question that later ones build on? A sound part to go on with, made of PEFT.

    from tlcore.stand_ins import LoRALinear, inject_lora

in a cell of its own below your answer. The grader does the same with later questions: a wrong LoRALinear costs its own
question's points only. To go on is all they are for: `LoRALinear` has no dropout and `inject_lora` does not say what it
wrapped, so they answer no question themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from torch import Tensor, nn


class LoRALinear(nn.Module):
    """PEFT's LoRA layer behind the names of exercise 4: `base`, `A` (r, in), `B` (out, r), `r`, `alpha`, `merged`.

    Args:
        base: the layer to adapt; it is frozen.
        r, alpha: rank and strength.
        dropout: must be 0.

    Shapes: (…, in_features) -> (…, out_features). Raises ValueError for a dropout.
    """

    _peft: Any

    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        from peft import LoraConfig
        from peft.tuners.lora import Linear

        super().__init__()
        if dropout:
            raise ValueError("the stand-in has no dropout: it is there for the questions after this one")
        config = LoraConfig(r=r, lora_alpha=alpha)  # type: ignore[arg-type]
        layer: Any = Linear(base, "default", config, r=r, lora_alpha=alpha)  # type: ignore[arg-type]
        self.base = base.requires_grad_(False)
        self.r, self.alpha, self.merged = r, alpha, False
        self.A, self.B = layer.lora_A["default"].weight, layer.lora_B["default"].weight
        # Not registered as a module: its tensors have their names here already.
        object.__setattr__(self, "_peft", layer)

    @property
    def scale(self) -> float:
        """alpha / r."""
        return self._peft.scaling["default"]

    def forward(self, x: Tensor) -> Tensor:
        """The base's output plus the update; the base's alone where `merged` says that the update is in it."""
        if self.merged:
            return self.base(x)
        # Whoever wrote later questions may have put other objects into the named places.
        self._peft.base_layer = self.base
        self._peft.lora_A["default"].weight, self._peft.lora_B["default"].weight = self.A, self.B
        return self._peft(x)


def inject_lora(model: nn.Module, targets: Iterable[str], r: int, alpha: float) -> None:
    """Wrap the linear layers of `model` that PEFT finds for `target_modules=targets`, in place. Returns nothing."""
    from peft import LoraConfig
    from peft.tuners.tuners_utils import check_target_module_exists

    config = LoraConfig(target_modules=list(targets))
    paths = [path for path, module in model.named_modules() if type(module) is nn.Linear]
    for path in paths:
        if check_target_module_exists(config, path):
            model.set_submodule(path, LoRALinear(model.get_submodule(path), r, alpha))  # type: ignore[arg-type]
