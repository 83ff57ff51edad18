"""Public check of `grad_reverse` and `dann_losses`."""

import torch
from torch import nn

from tlcore import plots


def _numbers(tensor):
    return [round(v, 4) for v in tensor.flatten().tolist()]


def _net(weight):
    """A linear layer without bias, from one number to one."""
    layer = nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        layer.weight.fill_(weight)
    return layer


class _TwoClasses(nn.Module):
    """Logits (z, 0) for a feature z, times a weight of 1."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))

    def forward(self, z):
        return torch.cat([self.weight * z, torch.zeros_like(z)], 1)


def check(grad_reverse, dann_losses, show):
    x = torch.tensor([1.0, -2.0, 3.0], requires_grad=True)
    show.tried("x = (1, -2, 3), lam = 0.5; the loss is y0 + 2 y1 + 4 y2 of what comes out")
    y = grad_reverse(x, 0.5)
    if not show.that(isinstance(y, torch.Tensor), "a tensor comes out", "Is there a `return`?"):
        return
    forward = show.expect("values that come out", _numbers(y), [1.0, -2.0, 3.0], "The way forward changes nothing.")
    (y * torch.tensor([1.0, 2.0, 4.0])).sum().backward()
    back = [0.0] * 3 if x.grad is None else _numbers(x.grad)
    right = [-0.5, -1.0, -2.0]
    sound = show.expect("gradient of x", back, right, "Each gradient times -0.5. Did one come back at all?", atol=1e-4)
    show.picture(plots.bars("The gradient that comes back", ["x0", "x1", "x2"], back, right, ylabel="gradient"))
    x.grad = None
    (grad_reverse(x, 0.5).sum() + 3 * x.sum()).backward()
    show.expect(
        "gradient of x for y0 + y1 + y2 + 3 (x0 + x1 + x2)",
        [0.0] * 3 if x.grad is None else _numbers(x.grad),
        [2.5, 2.5, 2.5],
        "What reaches x on another way stays as it is: -0.5 + 3. On which tensor does your reversal sit?",
        atol=1e-4,
    )
    with torch.no_grad():
        quiet = _numbers(grad_reverse(x.detach(), 0.5))
    show.expect(
        "values where no gradient is asked for",
        quiet,
        [1.0, -2.0, 3.0],
        "Here, too, x comes out as it is: networks are also used without training.",
    )
    if not (forward and sound):
        return  # what follows would tell of the same mistake again

    show.tried("body z = x, head (z, 0), critic 2 z; source x = 0 and 1, both of class 0; target x = 2; lam = 3")
    body, head, critic = _net(1.0), _TwoClasses(), _net(2.0)
    source = (torch.tensor([[0.0], [1.0]]), torch.tensor([0, 0]))
    answer = dann_losses(body, head, critic, source, torch.tensor([[2.0]]), 3.0)
    if not show.that(isinstance(answer, (tuple, list)) and len(answer) == 2, "two losses are returned", "Return both."):
        return
    label, domain = answer
    show.expect(
        "label loss",
        round(float(label.detach()), 4),
        0.5032,
        "The mean of log(1 + exp(-z)) over the two pictures of the source: 0.6931 and 0.3133. The target has none.",
        atol=2e-4,
    )
    show.expect(
        "domain loss",
        round(float(domain.detach()), 4),
        0.9461,
        "Logits 0, 2 and 4, with 0 for the source and 1 for the target: 0.6931, 2.1269 and 0.0181, and the mean of the "
        "three. lam is for the way back only.",
        atol=2e-4,
    )
    (label + domain).backward()
    found = {}
    for name, part in (("body", body), ("head", head), ("critic", critic)):
        grad = part.weight.grad
        found[name] = 0.0 if grad is None else round(float(grad), 4)
    # d label / d body = -0.2689 / 2 = -0.1345; d domain / d z = 2 (0.5, 0.8808, -0.0180) / 3, times x = 0, 1, 2.
    show.expect(
        "gradient of the body's weight, for the sum of both",
        found["body"],
        -1.8241,
        "-0.1345 from the labels, and 0.5632 from the domains, times -3. Is the head behind the reversal?",
        atol=1e-3,
    )
    show.expect(
        "gradients of the head's and the critic's weight",
        [found["head"], found["critic"]],
        [-0.1345, 0.2816],
        "Both learn in the usual direction: the reversal lies between critic and body, and touches neither.",
        atol=1e-3,
    )
    show.untried("networks of several layers, pictures, other types of numbers, lam = 0, and real steps of training")
