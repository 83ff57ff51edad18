"""LoRA from scratch: a frozen linear layer, and beside it an update of low rank that learns.

Symbols as in the paper: W (out, in) is the frozen weight, A (r, in) and B (out, r) the factors, r the rank, and

    h = W x + (alpha / r) B A x

Source: Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models", section 4.1 (arXiv 2106.09685).
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from safetensors.torch import load, save
from torch import Tensor, nn


def lora_delta(A: Tensor, B: Tensor, alpha: float) -> Tensor:
    """The update of the weight that two factors stand for: `alpha / r * B @ A`.

    Args:
        A: (r, in), the factor that reads the input.
        B: (out, r), the factor that writes to the output.
        alpha: strength; divided by r, so that it need not be tuned again when r changes.

    Returns:
        (out, in), as large as the weight, and of rank at most r.
    """
    r = A.shape[0]
    return alpha / r * (B @ A)


class LoRALinear(nn.Module):
    """A linear layer that stays as it is, plus a low-rank update of it that learns.

    Args:
        base: the layer to adapt, used as it is (not copied) and frozen.
        r: rank of the update.
        alpha: strength of the update; it is scaled by `alpha / r`.
        dropout: probability of the dropout in front of the factors. The path through `base` has none.

    Shapes: (…, in_features) -> (…, out_features). The factors have the dtype and device of the base.

    Raises:
        ValueError: for a rank below 1.

    Source: Hu et al. 2021, section 4.1. A starts random and B at zero: the first output is exactly the base's, while
    B's first gradient is not zero (with both at zero, neither would ever get one).
    """

    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError(f"the rank r must be at least 1, not {r}")
        self.base = base.requires_grad_(False)
        self.r, self.alpha = r, alpha
        self.A = nn.Parameter(base.weight.new_empty(r, base.in_features))
        self.B = nn.Parameter(base.weight.new_zeros(base.out_features, r))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))
        self.dropout = nn.Dropout(dropout)
        self.merged = False

    def forward(self, x: Tensor) -> Tensor:
        """`W x + b + alpha / r * B A dropout(x)`; after `merge`, the update is in W already."""
        if self.merged:
            return self.base(x)
        return self.base(x) + self.alpha / self.r * (self.dropout(x) @ self.A.T @ self.B.T)


def inject_lora(model: nn.Module, targets: Iterable[str], r: int, alpha: float) -> list[str]:
    """Put a LoRALinear around each linear layer of `model` that `targets` names, in place.

    Args:
        model: any module; only the named layers change, everything else keeps its flags and weights.
        targets: a layer is meant where its path is one of these or ends with a dot and one of these ("q_proj" means
            "layers.0.self_attn.q_proj" but not "layers.0.self_attn.my_q_proj"), as PEFT's `target_modules`.
        r, alpha: passed on to LoRALinear.

    Returns:
        The paths of the layers that were wrapped by this call. A layer that is wrapped already is left alone.
    """
    endings = tuple("." + target for target in targets)
    wanted = [
        path
        for path, module in model.named_modules()
        if isinstance(module, nn.Linear) and ("." + path).endswith(endings)
    ]
    # The list is complete before the first layer is replaced: who changes a tree while walking it meets his own layers.
    for path in wanted:
        parent, _, name = path.rpartition(".")
        base = model.get_submodule(path)
        assert isinstance(base, nn.Linear)
        setattr(model.get_submodule(parent), name, LoRALinear(base, r, alpha))
    return wanted


def save_adapter(model: nn.Module, head: str = "head") -> bytes:
    """All that training changed, as the bytes of a safetensors file: the factors, alpha, and the head.

    Args:
        model: a model with LoRALinear layers, all of one rank and one alpha.
        head: path of the module that was trained along with the factors.

    Raises:
        ValueError: if the model has no LoRALinear, or if they differ in rank or alpha.
    """
    layers = {path: module for path, module in model.named_modules() if isinstance(module, LoRALinear)}
    settings = {(layer.r, layer.alpha) for layer in layers.values()}
    if len(settings) != 1:
        raise ValueError(f"the model needs LoRALinear layers of one (r, alpha); found {sorted(settings)}")
    _, alpha = settings.pop()
    tensors = {f"{path}.{factor}": getattr(layer, factor) for path, layer in layers.items() for factor in "AB"}
    tensors |= {f"{head}.{name}": value for name, value in model.get_submodule(head).state_dict().items()}
    tensors["alpha"] = torch.tensor(alpha, dtype=torch.float64)
    return save({name: value.detach().contiguous() for name, value in tensors.items()})


def load_adapter(model: nn.Module, adapter: bytes) -> nn.Module:
    """Adapt a fresh copy of the base (without LoRA layers) as `save_adapter` saw it; in place. Returns `model`.

    Raises:
        RuntimeError: if the adapter does not fit the model.
    """
    tensors = load(adapter)
    alpha = float(tensors.pop("alpha"))
    ranks = {name.removesuffix(".A"): value.shape[0] for name, value in tensors.items() if name.endswith(".A")}
    inject_lora(model, list(ranks), next(iter(ranks.values())), alpha)
    _, left_over = model.load_state_dict(tensors, strict=False)
    # "Missing" are the base's own weights, as they should be; a tensor without a place would be a silent no-op.
    if left_over:
        raise RuntimeError(f"the model has no place for {', '.join(left_over)}: is it the same architecture?")
    return model


def merge(layer: LoRALinear) -> LoRALinear:
    """Put the update into the weight: the same output for one matrix product. Doing it twice is doing it once.

    The layer gets a weight of its own and the old one is kept as it is. So `unmerge` restores it to the last bit, and
    who else holds the old one (a tied embedding) does not notice. Returns `layer`, changed in place.
    """
    if not layer.merged:
        # A tuple, because a parameter that is assigned to a module becomes one of its parameters.
        layer.unmerged_weight = (layer.base.weight,)  # type: ignore[assignment]
        with torch.no_grad():
            merged = layer.base.weight + lora_delta(layer.A, layer.B, layer.alpha)
        layer.base.weight = nn.Parameter(merged, requires_grad=False)
        layer.merged = True
    return layer


def unmerge(layer: LoRALinear) -> LoRALinear:
    """Put the weight from before `merge` back, and the branch to work. Returns `layer`, changed in place."""
    if layer.merged:
        (layer.base.weight,) = layer.unmerged_weight  # type: ignore[misc]
        layer.merged = False
    return layer
