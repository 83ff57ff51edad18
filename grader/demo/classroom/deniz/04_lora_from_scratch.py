# %% before="lora_delta"
from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Final

from safetensors.torch import load, save

ADAPTER_FORMAT: Final = 1


# %% question="lora_delta"
def lora_delta(A: torch.Tensor, B: torch.Tensor, alpha: float) -> torch.Tensor:
    """Return the scaled low-rank update ΔW = (α / r) · B · A.

    Parameters
    ----------
    A : (r, in) tensor
    B : (out, r) tensor
    alpha : strength of the update
    """
    (rank, _), (_, rank_b) = A.shape, B.shape
    if rank != rank_b:
        raise ValueError(f"ranks differ: {rank} != {rank_b}")
    return torch.addmm(torch.zeros(B.shape[0], A.shape[1], dtype=A.dtype), B, A, alpha=alpha / rank)


# %% question="lora_linear"
class LoRALinear(nn.Linear):
    """A Linear that *is* its base (same weight tensor), with factors on top."""

    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        nn.Module.__init__(self)
        self.in_features, self.out_features = base.in_features, base.out_features
        self.weight, self.bias = base.weight, base.bias
        self.weight.requires_grad = False
        if self.bias is not None:
            self.bias.requires_grad = False
        like = {"dtype": base.weight.dtype, "device": base.weight.device}
        self.lora_A = nn.Parameter(torch.empty(r, base.in_features, **like))
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, r, **like))
        nn.init.kaiming_uniform_(self.lora_A, a=math.sqrt(5))
        self.rank, self.alpha, self.p = r, alpha, dropout
        self._original: tuple[nn.Parameter] | None = None

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}, rank={self.rank}, alpha={self.alpha}"

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = nn.functional.linear(x, self.weight, self.bias)
        if self._original is not None:
            return y
        dropped = nn.functional.dropout(x, self.p, training=self.training)
        return y + (self.alpha / self.rank) * nn.functional.linear(
            nn.functional.linear(dropped, self.lora_A), self.lora_B
        )


# %% question="inject_lora"
def inject_lora(model: nn.Module, targets: Iterable[str], r: int, alpha: float) -> list[str]:
    """Replace every plain ``nn.Linear`` whose dotted path matches a target."""
    wanted = re.compile(r"(?:.*\.)?(?:" + "|".join(re.escape(t) for t in targets) + r")")
    hits = [
        name
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and not isinstance(module, LoRALinear) and wanted.fullmatch(name)
    ]
    for name in hits:
        model.set_submodule(name, LoRALinear(model.get_submodule(name), r, alpha))
    return hits


# %% question="save_adapter"
def adapted(model: nn.Module) -> Iterator[tuple[str, LoRALinear]]:
    yield from ((n, m) for n, m in model.named_modules() if isinstance(m, LoRALinear))


def save_adapter(model: nn.Module, head: str = "head") -> bytes:
    tensors = {f"head/{k}": v.contiguous() for k, v in model.get_submodule(head).state_dict().items()}
    config = {"format": ADAPTER_FORMAT, "head": head, "layers": {}}
    for name, layer in adapted(model):
        tensors[f"A/{name}"] = layer.lora_A.detach()
        tensors[f"B/{name}"] = layer.lora_B.detach()
        config["layers"][name] = {"r": layer.rank, "alpha": layer.alpha}
    return save(tensors, metadata={"config": json.dumps(config)})


def load_adapter(model: nn.Module, adapter: bytes) -> nn.Module:
    length = int.from_bytes(adapter[:8], "little")
    config = json.loads(json.loads(adapter[8 : 8 + length])["__metadata__"]["config"])
    if config["format"] != ADAPTER_FORMAT:
        raise ValueError(f"unknown adapter format {config['format']}")
    tensors = load(adapter)
    for name, how in config["layers"].items():
        layer = LoRALinear(model.get_submodule(name), **how)
        with torch.no_grad():
            layer.lora_A.copy_(tensors[f"A/{name}"])
            layer.lora_B.copy_(tensors[f"B/{name}"])
        model.set_submodule(name, layer)
    head = {k.removeprefix("head/"): v for k, v in tensors.items() if k.startswith("head/")}
    model.get_submodule(config["head"]).load_state_dict(head)
    return model


# %% question="merge"
def merge(layer: LoRALinear) -> LoRALinear:
    if layer._original is None:
        layer._original = (layer.weight,)
        with torch.no_grad():
            layer.weight = nn.Parameter(
                layer.weight + lora_delta(layer.lora_A, layer.lora_B, layer.alpha), requires_grad=False
            )
    return layer


def unmerge(layer: LoRALinear) -> LoRALinear:
    if layer._original is not None:
        (layer.weight,), layer._original = layer._original, None
    return layer
