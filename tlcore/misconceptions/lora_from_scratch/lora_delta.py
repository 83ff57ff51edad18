"""Wrong ideas about `lora_delta`."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from tlcore.misconceptions.registry import misconception


@misconception(asks="B is (out, r) and A is (r, in). In which order do they give (out, in)?")
def a_times_b(A: Tensor, B: Tensor, alpha: float) -> Tensor:
    """The order of the letters instead of the order of the shapes."""
    return alpha / A.shape[0] * (A @ B)


@misconception(asks="W x = h: which axis of the weight has the length of x, and which that of h?")
def transposed(A: Tensor, B: Tensor, alpha: float) -> Tensor:
    """(in, out) instead of torch's (out, in)."""
    return alpha / A.shape[0] * (A.T @ B.T)


@misconception(asks="What would happen to the strength of the update if somebody doubled alpha?")
def no_scale(A: Tensor, B: Tensor, alpha: float) -> Tensor:
    """The product alone."""
    return B @ A


@misconception(asks="A larger rank adds more terms to the sum. Should the scale go up or down with it?")
def alpha_times_r(A: Tensor, B: Tensor, alpha: float) -> Tensor:
    """Multiplied by the rank instead of divided."""
    return alpha * A.shape[0] * (B @ A)


@misconception(asks="Two axes of A: which of them does it share with B?")
def r_is_the_input_width(A: Tensor, B: Tensor, alpha: float) -> Tensor:
    """r read from the axis of A that has the length of the input."""
    return alpha / A.shape[1] * (B @ A)


@misconception(asks="Two axes of B: which of them does it share with A?")
def r_is_the_output_width(A: Tensor, B: Tensor, alpha: float) -> Tensor:
    """r read from the axis of B that has the length of the output."""
    return alpha / B.shape[0] * (B @ A)


@misconception(asks="You wrote rsLoRA's scale (Kalajdzievski 2023). What does the paper of 2021 divide by?")
def alpha_over_root_r(A: Tensor, B: Tensor, alpha: float) -> Tensor:
    """A real method, rsLoRA, but another one."""
    return alpha / math.sqrt(A.shape[0]) * (B @ A)


@misconception(asks="What is 5 // 2, and what is 5 / 2?")
def whole_number_scale(A: Tensor, B: Tensor, alpha: float) -> Tensor:
    """alpha // r: the scale is rounded down, to zero if alpha is smaller than r."""
    return alpha // A.shape[0] * (B @ A)


@misconception(asks="May the rank be larger than the width of the input? Which axis of A is it then?")
def r_is_the_smaller_side(A: Tensor, B: Tensor, alpha: float) -> Tensor:
    """r taken as the smaller side of A: right until the rank is larger than the input."""
    return alpha / min(A.shape) * (B @ A)


@misconception(asks="Who else holds the B that you multiply in place?")
def scales_the_factor_in_place(A: Tensor, B: Tensor, alpha: float) -> Tensor:
    """B is scaled in place: the caller's factor has changed."""
    with torch.no_grad():
        B *= alpha / A.shape[0]
    return B @ A
