"""Public check of `lora_delta`."""

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
    show.expect("every entry", lora_delta(A, B, 6), 6 * torch.ones(4, 5), teach="r is 3, not 5 and not 4.", atol=1e-5)
