"""Public check of `lora_linear`."""

import torch

from tlcore import plots
from tlcore.checks.lora_from_scratch.setups import X, example_base, factor, set


def check(LoRALinear, show):
    show.tried("a new layer on the base of the example")
    layer = LoRALinear(example_base(), 1, 2.0, 0.0)
    first = layer(X)
    bias = "The update must be zero at first. And who adds the bias?"
    show.expect("output of the new layer", first, torch.tensor([[11.0, 22.0]]), teach=bias, atol=1e-5)
    A, B = factor(layer, 1, 3), factor(layer, 2, 1)
    seen = "A tensor is found by optimizers if it is an nn.Parameter (or in a submodule) of the layer."
    if not show.that(A is not None and B is not None, "it has trainable parameters A (1, 3) and B (2, 1)", teach=seen):
        return
    show.tried("three training steps, every parameter handed to the optimizer")
    before = {name: value.detach().clone() for name, value in layer.named_parameters()}
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.01)
    for _ in range(3):
        optimizer.zero_grad()
        loss = (layer(X) - torch.tensor([[5.0, 6.0]])).square().sum()
        if loss.requires_grad:
            loss.backward()
        optimizer.step()
    moved = {name: float((value.detach() - before[name]).norm()) for name, value in layer.named_parameters()}
    learns = [value.requires_grad for value in layer.parameters()]
    factors = {name for name, value in layer.named_parameters() if value is A or value is B}
    start = "The gradient of A has B as a factor, and the other way round. What if both are zero?"
    show.that(all(moved[n] > 0 for n in factors), "A and B have moved", teach=start)
    frozen = "Whatever the optimizer is handed, the base's weight and bias should stay."
    show.that(not any(moved[n] for n in moved if n not in factors), "nothing else has moved", teach=frozen)
    picture = {"trainable": learns, "moved": list(moved.values())}
    show.picture(plots.layers("What three steps moved", list(moved), picture))
    show.tried("A = (1, 1, 1) and B = (1, 2), alpha = 2")
    layer = LoRALinear(example_base(), 1, 2.0, 0.5)
    set(factor(layer, 1, 3), torch.ones(1, 3))
    set(factor(layer, 2, 1), torch.tensor([[1.0], [2.0]]))
    scale = "Base (11, 22), and twice B A x = (6, 12). Is the scale there, and is there no dropout in eval mode?"
    show.expect("output in eval mode", layer.eval()(X), torch.tensor([[23.0, 46.0]]), teach=scale, atol=1e-4)
    show.tried("dropout 1, which drops everything")
    layer = LoRALinear(example_base(), 1, 2.0, 1.0)
    set(factor(layer, 2, 1), torch.tensor([[1.0], [2.0]]))
    only = "The pretrained path should get all of x; dropout is for the low-rank path."
    show.expect("output in train mode", layer.train()(X), torch.tensor([[11.0, 22.0]]), teach=only, atol=1e-4)
    show.tried("a base in double precision")
    layer = LoRALinear(example_base(torch.float64), 1, 2.0, 0.0)
    kinds = sorted({str(p.dtype) for p in layer.parameters()})
    show.expect("dtypes of its parameters", kinds, ["torch.float64"], teach="New tensors are float32 unless told.")
    show.untried("ranks above 1: is the scale right there, too?")
