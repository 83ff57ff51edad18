"""Wrong ideas about LoRA; those about `merge` are in a module of their own."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable
from typing import Any

from torch import Tensor, nn

from tlcore.misconceptions import lora_from_scratch_merging
from tlcore.misconceptions.registry import Misconception, misconception
from tlcore.reference import lora_from_scratch as right
from tlcore.reference.lora_from_scratch import LoRALinear


@misconception("lora_delta", asks="B is (out, r) and A is (r, in). In which order do they give (out, in)?")
def a_times_b(A: Tensor, B: Tensor, alpha: float) -> Tensor:
    """The order of the letters instead of the order of the shapes."""
    return alpha / A.shape[0] * (A @ B)


@misconception("lora_delta", asks="W x = h: which axis of the weight has the length of x, and which that of h?")
def transposed(A: Tensor, B: Tensor, alpha: float) -> Tensor:
    """(in, out) instead of torch's (out, in)."""
    return alpha / A.shape[0] * (A.T @ B.T)


@misconception("lora_delta", asks="What would happen to the strength of the update if somebody doubled alpha?")
def no_scale(A: Tensor, B: Tensor, alpha: float) -> Tensor:
    """The product alone."""
    return B @ A


@misconception("lora_delta", asks="A larger rank adds more terms to the sum. Should the scale go up or down with it?")
def alpha_times_r(A: Tensor, B: Tensor, alpha: float) -> Tensor:
    """Multiplied by the rank instead of divided."""
    return alpha * A.shape[0] * (B @ A)


@misconception("lora_delta", asks="Two axes of A: which of them does it share with B?")
def r_is_the_input_width(A: Tensor, B: Tensor, alpha: float) -> Tensor:
    """r read from the axis of A that has the length of the input."""
    return alpha / A.shape[1] * (B @ A)


@misconception("lora_delta", asks="Two axes of B: which of them does it share with A?")
def r_is_the_output_width(A: Tensor, B: Tensor, alpha: float) -> Tensor:
    """r read from the axis of B that has the length of the output."""
    return alpha / B.shape[0] * (B @ A)


@misconception(
    "lora_delta", asks="You wrote rsLoRA's scale (Kalajdzievski 2023). What does the paper of 2021 divide by?"
)
def alpha_over_root_r(A: Tensor, B: Tensor, alpha: float) -> Tensor:
    """A real method, rsLoRA, but another one."""
    return alpha / math.sqrt(A.shape[0]) * (B @ A)


def _wrong_layer(asks: str) -> Any:
    return misconception("lora_linear", replaces="LoRALinear", asks=asks)


@_wrong_layer("Before the first step: what is B A, and what should it be for the output not to change?")
class both_random(LoRALinear):
    """Both factors random: the first output is not the base's."""

    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__(base, r, alpha, dropout)
        nn.init.normal_(self.B, std=0.5)


@_wrong_layer("The gradient of A has B as a factor, and that of B has A. What are they in the first step?")
class both_zero(LoRALinear):
    """Both factors zero: neither ever gets a gradient."""

    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__(base, r, alpha, dropout)
        nn.init.zeros_(self.A)


@_wrong_layer("Which tensors of your layer would an optimizer move that is handed all of them?")
class base_learns_too(LoRALinear):
    """The base is not frozen."""

    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__(base, r, alpha, dropout)
        self.base.requires_grad_(True)


@_wrong_layer("Where in your forward pass do alpha and r come in?")
class scale_forgotten(LoRALinear):
    """B A x without alpha / r."""

    def forward(self, x: Tensor) -> Tensor:
        return self.base(x) + self.dropout(x) @ self.A.T @ self.B.T


@_wrong_layer("With twice the rank, B A x is a sum of twice as many terms. What does that do to your update?")
class scale_is_alpha(LoRALinear):
    """alpha without the division by r: the update gets stronger as the rank grows."""

    def forward(self, x: Tensor) -> Tensor:
        return self.base(x) + self.alpha * (self.dropout(x) @ self.A.T @ self.B.T)


@_wrong_layer("Which inputs does the pretrained layer expect: whole ones, or ones with holes?")
class dropout_on_the_base(LoRALinear):
    """The input is dropped out once, for both paths."""

    def forward(self, x: Tensor) -> Tensor:
        x = self.dropout(x)
        return self.base(x) + self.alpha / self.r * (x @ self.A.T @ self.B.T)


@_wrong_layer("Ask a layer with dropout 0.5 the same thing twice in train mode. Should both answers be the same?")
class no_dropout(LoRALinear):
    """The argument is taken and never used."""

    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__(base, r, alpha)


@_wrong_layer("What does `list(layer.parameters())` show? What makes a tensor appear there?")
class plain_tensors(LoRALinear):
    """Factors that ask for gradients, but that no optimizer will ever see."""

    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__(base, r, alpha, dropout)
        a, b = (factor.detach().clone().requires_grad_() for factor in (self.A, self.B))
        del self.A, self.B
        self.A, self.B = a, b  # type: ignore[assignment]


@_wrong_layer("The base adds its bias. Who else does?")
class bias_twice(LoRALinear):
    """The update as a linear layer with the base's bias."""

    def forward(self, x: Tensor) -> Tensor:
        delta = right.lora_delta(self.A, self.B, self.alpha)
        return self.base(x) + nn.functional.linear(self.dropout(x), delta, self.base.bias)


@_wrong_layer("Of which dtype are the tensors that torch makes when nobody tells it?")
class always_float32(LoRALinear):
    """Factors in single precision, whatever the base is in."""

    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__(base, r, alpha, dropout)
        self.A, self.B = nn.Parameter(self.A.data.float()), nn.Parameter(self.B.data.float())


def _wrap(model: nn.Module, paths: list[str], r: int, alpha: float) -> list[str]:
    for path in paths:
        model.set_submodule(path, LoRALinear(model.get_submodule(path), r, alpha))  # type: ignore[arg-type]
    return paths


def _linears(model: nn.Module) -> list[str]:
    return [path for path, module in model.named_modules() if isinstance(module, nn.Linear)]


@misconception("inject_lora", asks="`named_children` shows one floor of the house. Where do the attention layers live?")
def top_level_only(model: nn.Module, targets: Iterable[str], r: int, alpha: float) -> list[str]:
    """Looks at the direct children of the model."""
    found = [name for name, child in model.named_children() if isinstance(child, nn.Linear)]
    return _wrap(model, [name for name in found if name in targets], r, alpha)


@misconception("inject_lora", asks="Which other paths of the model contain the letters of a target?")
def any_path_with_the_letters(model: nn.Module, targets: Iterable[str], r: int, alpha: float) -> list[str]:
    """A substring of the path is enough: other layers, and on a second call the base inside the wrapper."""
    return _wrap(model, [path for path in _linears(model) if any(target in path for target in targets)], r, alpha)


@misconception(
    "inject_lora", asks="After the first call a target holds a layer of its own. What does the second call see?"
)
def wraps_its_own_layers(model: nn.Module, targets: Iterable[str], r: int, alpha: float) -> list[str]:
    """Every linear layer at or under a target: the second call wraps the base inside the wrapper."""
    paths = [path for path in _linears(model) if set(path.split(".")) & set(targets)]
    return _wrap(model, paths, r, alpha)


@misconception("inject_lora", asks="Which layers did the caller not name, and what is the head for?")
def the_head_too(model: nn.Module, targets: Iterable[str], r: int, alpha: float) -> list[str]:
    """Every linear layer that is not wrapped yet, the head included."""
    done = [path + "." for path, module in model.named_modules() if isinstance(module, LoRALinear)]
    return _wrap(model, [path for path in _linears(model) if not path.startswith(tuple(done))], r, alpha)


@misconception("inject_lora", asks="Whose layers did you replace: those of the caller's model?")
def wraps_a_copy(model: nn.Module, targets: Iterable[str], r: int, alpha: float) -> list[str]:
    """The caller's model stays as it was."""
    return right.inject_lora(copy.deepcopy(model), targets, r, alpha)


@misconception("inject_lora", asks="What did the caller freeze, and is it still frozen after your function?")
def thaws_what_it_wraps(model: nn.Module, targets: Iterable[str], r: int, alpha: float) -> list[str]:
    """Everything in a new layer learns, its base as well."""
    paths = right.inject_lora(model, targets, r, alpha)
    for path in paths:
        model.get_submodule(path).requires_grad_(True)
    return paths


# save_adapter: an adapter is a dict here; the wrong ideas differ from each other in one thing.


def _layers(model: nn.Module) -> dict[str, LoRALinear]:
    return {path: module for path, module in model.named_modules() if isinstance(module, LoRALinear)}


def _save(model: nn.Module, head: str, live: bool = False) -> dict[str, Any]:
    layers = _layers(model)
    tensors = {f"{path}.{name}": getattr(layer, name).data for path, layer in layers.items() for name in "AB"}
    if head:
        tensors |= {f"{head}.{name}": value.data for name, value in model.get_submodule(head).named_parameters()}
    if not live:
        tensors = {name: value.clone() for name, value in tensors.items()}
    first = next(iter(layers.values()))
    return {"paths": list(layers), "r": first.r, "alpha": first.alpha, "tensors": tensors}


def _load(model: nn.Module, adapter: dict[str, Any]) -> nn.Module:
    right.inject_lora(model, adapter["paths"], adapter["r"], adapter["alpha"])
    model.load_state_dict(adapter["tensors"], strict=False)
    return model


@misconception("save_adapter", replaces="*", asks="What was trained besides the factors?")
class head_missing:
    """The factors without the head."""

    @staticmethod
    def save_adapter(model: nn.Module, head: str = "head") -> dict[str, Any]:
        return _save(model, "")

    load_adapter = staticmethod(_load)


@misconception("save_adapter", replaces="*", asks="Which of these tensors does whoever loads the adapter have already?")
class whole_model:
    """The whole state, the base's weights included: large, and it overwrites the base it is loaded into."""

    @staticmethod
    def save_adapter(model: nn.Module, head: str = "head") -> dict[str, Any]:
        state = {name: value.clone() for name, value in model.state_dict().items()}
        return {**_save(model, head), "tensors": state}

    load_adapter = staticmethod(_load)


@misconception("save_adapter", replaces="*", asks="Do the factors alone tell how strong the update is?")
class scale_not_saved:
    """The factors tell r; alpha is guessed to be the same."""

    @staticmethod
    def save_adapter(model: nn.Module, head: str = "head") -> dict[str, Any]:
        saved = _save(model, head)
        return {**saved, "alpha": saved["r"]}

    load_adapter = staticmethod(_load)


@misconception(
    "save_adapter", replaces="*", asks="Which names did `load_state_dict` have no place for, and who heard of it?"
)
class not_injected:
    """`strict=False` on a model without LoRA layers: the factors go nowhere, in silence."""

    save_adapter = staticmethod(_save)

    @staticmethod
    def load_adapter(model: nn.Module, adapter: dict[str, Any]) -> nn.Module:
        model.load_state_dict(adapter["tensors"], strict=False)
        return model


@misconception("save_adapter", replaces="*", asks="If the model trains on, do the numbers in your adapter move along?")
class live_references:
    """The tensors themselves, not what they held when they were saved."""

    @staticmethod
    def save_adapter(model: nn.Module, head: str = "head") -> dict[str, Any]:
        return _save(model, head, live=True)

    load_adapter = staticmethod(_load)


REGISTERED: list[Misconception]
REGISTERED += lora_from_scratch_merging.REGISTERED  # noqa: F821  (`misconception` makes the list)
