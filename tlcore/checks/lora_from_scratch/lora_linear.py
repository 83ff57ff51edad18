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
    factors = {name for name, value in layer.named_parameters() if value is A or value is B}
    start = "The gradient of A has B as a factor, and the other way round. What if both are zero?"
    show.that(all(moved[n] > 0 for n in factors), "A and B have moved", teach=start)
    frozen = "Whatever the optimizer is handed, the base's weight and bias should stay."
    show.that(not any(moved[n] for n in moved if n not in factors), "nothing else has moved", teach=frozen)
    lengths = list(moved.values())
    show.picture(plots.bars("How far three training steps moved each parameter", list(moved), lengths, ylabel="length"))
    show.tried("A = (1, 1, 1) and B = (1, 2), alpha = 2")
    layer = LoRALinear(example_base(), 1, 2.0, 0.5)
    set(factor(layer, 1, 3), torch.ones(1, 3))
    set(factor(layer, 2, 1), torch.tensor([[1.0], [2.0]]))
    scale = "Base (11, 22), and twice B A x = (6, 12). Is the scale there, and is there no dropout in eval mode?"
    show.expect("output in eval mode", layer.eval()(X), torch.tensor([[23.0, 46.0]]), teach=scale, atol=1e-4)
    numbers = "The shape is right, the numbers are not. The layer is in eval mode: is dropout off?"
    axes = "x may have any number of axes before the last one. `x @ A.T` works for all of them."
    for x, what in ((X[0], "one row (3,)"), (X.expand(2, 4, 3), "sentences (2, 4, 3)")):
        expected = torch.tensor([23.0, 46.0]).expand(*x.shape[:-1], 2)
        try:
            found = layer(x)
            teach = numbers if getattr(found, "shape", None) == expected.shape else axes
            show.expect(f"output for {what}", found, expected, teach=teach, atol=1e-4)
        except RuntimeError:
            show.that(False, f"it answers for {what}", teach=axes)
    show.tried("which gradient reaches x, if the loss is the sum of the outputs")
    x = X.clone().requires_grad_()
    total = layer(x).sum()
    if total.requires_grad:
        total.backward()
    back = "Earlier layers learn from this gradient: the base's columns (1, 1, 0) and 6 from the update."
    found = torch.zeros_like(x) if x.grad is None else x.grad
    show.expect("the gradient", found, torch.tensor([[7.0, 7.0, 6.0]]), teach=back, atol=1e-4)
    show.tried("r = 2 and alpha = 1 on a new base, A and B all ones")
    layer = LoRALinear(example_base(), 2, 1.0, 0.0)
    if show.that(factor(layer, 2, 3) is not None, "it has a trainable parameter A (2, 3)", teach="A is (r, in)."):
        set(factor(layer, 2, 3), torch.ones(2, 3))
        for parameter in layer.parameters():
            if parameter.requires_grad and tuple(parameter.shape) == (2, 2):
                set(parameter, torch.ones(2, 2))
        half = "alpha / r is a half, and B A x is (12, 12). Is the scale a fraction?"
        show.expect("output", layer.eval()(X), torch.tensor([[17.0, 28.0]]), teach=half, atol=1e-4)
    show.tried("the layer that was handed over")
    base = example_base()
    layer = LoRALinear(base, 1, 2.0, 0.0)
    own = "Use the layer itself, not a copy of it, and freeze it."
    show.that(not any(p.requires_grad for p in (base.bias,)), "its bias cannot learn", teach=own)
    set(factor(layer, 1, 3), torch.zeros(1, 3))
    with torch.no_grad():
        base.bias.copy_(torch.tensor([30.0, 40.0]))
    show.expect("output after its bias was changed", layer(X), torch.tensor([[31.0, 42.0]]), teach=own, atol=1e-4)
    show.tried("two new layers of 64 inputs and 64 outputs, r = 4")
    layers = [LoRALinear(torch.nn.Linear(64, 64), 4, 8.0, 0.0) for _ in range(2)]
    starts = [_random_factor(layer) for layer in layers]
    random = (
        "One factor is zero at the start. Draw the other one at random, with torch.randn(...) / 64 ** 0.5 for example."
    )
    if show.that(None not in starts, "one factor starts random, and its r rows are not alike", teach=random):
        show.that(not torch.equal(*starts), "the two layers start with other numbers", teach=random)
    show.tried("dropout 0.5, in train mode, on x = (1, 2, 3) in 64 rows")
    layer = LoRALinear(example_base(), 1, 2.0, 0.5)
    set(factor(layer, 1, 3), torch.tensor([[1.0, 1.0, 1.0]]))
    set(factor(layer, 2, 1), torch.tensor([[1.0], [2.0]]))
    layer.train()
    updates = torch.cat([layer(X) for _ in range(64)])[:, 0].detach() - 11
    parts = sorted({round(float(u)) for u in updates})
    one = "Dropout belongs on x: each of 1, 2, 3 is dropped by itself, and what is left counts double (twice 2, 4, 6)."
    show.that(len(parts) > 2 and {*parts} <= {0, 4, 8, 12, 16, 20, 24}, "inputs are dropped one by one", teach=one)
    show.tried("dropout 1, which drops everything")
    layer = LoRALinear(example_base(), 1, 2.0, 1.0)
    set(factor(layer, 2, 1), torch.tensor([[1.0], [2.0]]))
    only = "The pretrained path should get all of x; dropout is for the low-rank path."
    show.expect("output in train mode", layer.train()(X), torch.tensor([[11.0, 22.0]]), teach=only, atol=1e-4)
    show.tried("a base in double precision")
    layer = LoRALinear(example_base(torch.float64), 1, 2.0, 0.0)
    kinds = sorted({str(p.dtype) for p in layer.parameters()})
    show.expect("dtypes of its parameters", kinds, ["torch.float64"], teach="New tensors are float32 unless told.")
    show.untried("half precision, a base without bias, large ranks")


def _random_factor(layer):
    """The factor that is not zero, if it is random; None otherwise."""
    found = [p.detach() for p in layer.parameters() if p.requires_grad and {*p.shape} == {4, 64} and bool(p.any())]
    if len(found) != 1:
        return None
    strengths = torch.linalg.svdvals(found[0].double())
    return found[0] if bool(found[0].std() > 1e-3 and strengths[-1] > 0.01 * strengths[0]) else None
