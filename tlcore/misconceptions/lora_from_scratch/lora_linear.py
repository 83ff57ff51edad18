"""Wrong ideas about `lora_linear`."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn

from tlcore.misconceptions.registry import misconception
from tlcore.reference.lora_from_scratch.lora_delta import lora_delta as sound_lora_delta
from tlcore.reference.lora_from_scratch.lora_linear import LoRALinear


def _wrong_layer(asks: str) -> Any:
    return misconception(replaces="LoRALinear", asks=asks)


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
        delta = sound_lora_delta(self.A, self.B, self.alpha)
        return self.base(x) + nn.functional.linear(self.dropout(x), delta, self.base.bias)


@_wrong_layer("Of which dtype are the tensors that torch makes when nobody tells it?")
class always_float32(LoRALinear):
    """Factors in single precision, whatever the base is in."""

    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__(base, r, alpha, dropout)
        self.A, self.B = nn.Parameter(self.A.data.float()), nn.Parameter(self.B.data.float())


@_wrong_layer("What is alpha // r for alpha = 5 and r = 2?")
class whole_number_scale(LoRALinear):
    """alpha // r: the scale is rounded down."""

    def forward(self, x: Tensor) -> Tensor:
        return self.base(x) + self.alpha // self.r * (self.dropout(x) @ self.A.T @ self.B.T)


@_wrong_layer("The base is frozen. Do the layers before it still need a gradient that comes through it?")
class no_gradient_through_the_base(LoRALinear):
    """The base runs under `no_grad`: earlier layers get only what comes through the update."""

    def forward(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            kept = self.base(x)
        return kept + self.alpha / self.r * (self.dropout(x) @ self.A.T @ self.B.T)


@_wrong_layer("Which layers before this one should learn, and from what, if x is detached?")
class input_detached(LoRALinear):
    """x is detached: nothing before this layer gets a gradient."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.detach())


@_wrong_layer("Whose layer did you freeze: the one that was handed over, or a copy of it?")
class copies_the_base(LoRALinear):
    """A deep copy of the base: the layer that was handed over goes on learning, and changes of it are not seen."""

    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__(copy.deepcopy(base), r, alpha, dropout)


@_wrong_layer("In the formula, what does dropout stand in front of: x, or what B A makes of it?")
class dropout_behind_the_input(LoRALinear):
    """Dropout on the update, or on A x, instead of x."""

    def forward(self, x: Tensor) -> Tensor:
        return self.base(x) + self.dropout(self.alpha / self.r * (x @ self.A.T @ self.B.T))


@_wrong_layer("How does dropout know that the layer is in eval mode?")
class dropout_in_eval_mode(LoRALinear):
    """`F.dropout` without `training=self.training` is always on."""

    def forward(self, x: Tensor) -> Tensor:
        dropped = nn.functional.dropout(x, self.dropout.p)
        return self.base(x) + self.alpha / self.r * (dropped @ self.A.T @ self.B.T)


@_wrong_layer("How many axes does x have for a batch of sentences, and how many for a single row?")
class two_axes_only(LoRALinear):
    """Written for (N, in): `mm` and `.t()` fail for x with another number of axes."""

    def forward(self, x: Tensor) -> Tensor:
        update = torch.mm(torch.mm(self.dropout(x), self.A.t()), self.B.t())
        return self.base(x) + self.alpha / self.r * update


@_wrong_layer("What is the rank of a matrix whose rows are all alike, and what are the gradients of its rows?")
class rows_alike(LoRALinear):
    """A is constant: all rows get the same gradients, and the update keeps rank 1."""

    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__(base, r, alpha, dropout)
        nn.init.ones_(self.A)
