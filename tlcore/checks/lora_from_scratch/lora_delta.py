"""Public check of `lora_delta`."""

import inspect

import torch

from tlcore import plots


def check(lora_delta, show):
    A, B = torch.tensor([[1.0, 2.0, 0.0]]), torch.tensor([[1.0], [10.0]])
    show.tried("the example by hand: r = 1, alpha = 3")
    delta = lora_delta(A, B, 3)
    order = "B is (out, r) and A is (r, in): which order of the two gives (out, in)?"
    teach = "The scale is alpha / r, and r is 1 here." if getattr(delta, "shape", None) == (2, 3) else order
    show.expect("the update", delta, torch.tensor([[3.0, 6.0, 0.0], [30.0, 60.0, 0.0]]), teach=teach, atol=1e-5)
    show.tried("r = 2, alpha = 4")
    A, B = torch.tensor([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]]), torch.tensor([[1.0, 0.0], [0.0, 2.0]])
    expected = torch.tensor([[2.0, 0.0, 4.0], [0.0, 4.0, 4.0]])
    delta = lora_delta(A, B, 4)
    show.expect("the update", delta, expected, teach="The scale is alpha / r. Which axis of A is r?", atol=1e-5)
    show.picture(plots.matrix("The update for r = 2, alpha = 4", delta, expected))
    show.tried("5 inputs, 4 outputs, r = 3")
    A, B = torch.ones(3, 5), torch.ones(4, 3)
    axis = "Which axis of A, and which of B, is r? It is 3 here: alpha / r is 2, and each entry of B A is 3."
    show.expect("every entry", lora_delta(A, B, 6), 6 * torch.ones(4, 5), teach=axis, atol=1e-5)
    show.tried("r = 4 and alpha = -1, more rank than 3 inputs and 2 outputs; the factors afterwards")
    A, B = torch.ones(4, 3), torch.ones(2, 4)
    fraction = "alpha / r is -0.25 and B A is 4 everywhere. Is the scale a fraction, and is r the first axis of A?"
    found = inspect.unwrap(lora_delta)(A, B, -1)  # with these very factors, not with copies
    show.expect("every entry", found, -torch.ones(2, 3), teach=fraction, atol=1e-5)
    unchanged = torch.equal(A, torch.ones(4, 3)) and torch.equal(B, torch.ones(2, 4))
    show.that(unchanged, "A and B are as they were", teach="Do not change A and B: multiply into something new.")
    show.untried("large ranks, square updates, other precisions, alphas that are no whole number")
