"""Public check of `param_groups`."""

import torch
from torch import nn

from tlcore import plots


class _Net(nn.Module):
    """One layer of each kind, every number a 2."""

    def __init__(self, head):
        super().__init__()
        self.conv = nn.Conv2d(1, 1, 1)
        self.multihead = nn.Linear(1, 1)
        self.headroom = nn.Linear(1, 1)
        self.token = nn.Parameter(torch.zeros(1, 1, 1))
        self.norm = nn.LayerNorm(1)
        self.gate = nn.ModuleDict({"fc": nn.Linear(1, 1)})  # not at the top level
        setattr(self, head, nn.Sequential(nn.Linear(1, 1), nn.ReLU(), nn.Linear(1, 1)))
        self.headroom.weight = self.multihead.weight  # shared: it has two names
        with torch.no_grad():
            for p in self.parameters():
                p.fill_(2)


def _after_a_step(param_groups, show, net, wd):
    """The value of each parameter after a step of SGD with gradients of 1; None if there were no groups."""
    groups = param_groups(net, 0.1, 0.01, wd)
    if not show.that(groups is not None, "it returns groups", "Nothing came back: is a `return` missing?"):
        return None
    groups = [{**group, "params": _listed(group["params"])} for group in groups]
    held = [id(p) for group in groups for p in group["params"]]
    if not show.expect(
        "parameters that are in more than one place",
        [name for name, p in net.named_parameters() if held.count(id(p)) > 1],
        [],
        "Two layers may share a parameter. `named_parameters()` lists it once.",
    ):
        return None
    for p in net.parameters():
        if p.requires_grad:
            p.grad = torch.ones_like(p)
    # A group without a rate or a decay of its own gets these, which would show.
    torch.optim.SGD(groups, lr=100.0, weight_decay=3.0).step()
    return {name: round(float(p.detach().flatten()[0]), 4) for name, p in net.named_parameters()}


def _listed(params):
    return [params] if isinstance(params, torch.Tensor) else list(params)


def check(param_groups, show):
    for head in ("fc", "classifier", "head"):
        net = _Net(head)
        show.tried(f"a step of SGD on a model of twos with the head `{head}`: all gradients 1, rates 0.1 and 0.01")
        found = _after_a_step(param_groups, show, net, 0.0)
        if found is None:
            return
        right = {name: 1.9 if name.startswith(head + ".") else 1.99 for name in found}
        show.expect(
            "values afterwards",
            found,
            right,
            "1.9 is a step at the head's rate, 1.99 one at the body's, 2 none. What is called `fc`, `classifier` or "
            "`head` at the top level is the head, with all that is inside; `multihead` and `gate.fc` are not.",
            atol=1e-4,
        )
    names = list(found)
    show.picture(
        plots.bars(
            "How far one step moved each parameter",
            names,
            [2 - found[n] for n in names],
            [2 - right[n] for n in names],
            ylabel="distance",
        )
    )

    show.tried("the same with weight decay 0.5, as in the example by hand")
    found = _after_a_step(param_groups, show, _Net("fc"), 0.5)
    if found is None:
        return
    right = {
        "conv.weight": 1.98,
        "conv.bias": 1.99,
        "multihead.weight": 1.98,
        "multihead.bias": 1.99,
        "headroom.bias": 1.99,
        "token": 1.98,
        "norm.weight": 1.99,
        "norm.bias": 1.99,
        "gate.fc.weight": 1.98,
        "gate.fc.bias": 1.99,
        "fc.0.weight": 1.8,
        "fc.0.bias": 1.9,
        "fc.2.weight": 1.8,
        "fc.2.bias": 1.9,
    }
    show.expect(
        "values afterwards",
        found,
        right,
        "Two or more dimensions decay, also convolutions; one dimension has the decay 0, also the scale of a norm. "
        "Say both in the groups: an optimizer may have a decay by default.",
        atol=1e-4,
    )

    show.tried("the same with a frozen convolution")
    net = _Net("fc")
    net.conv.requires_grad_(False)
    found = _after_a_step(param_groups, show, net, 0.5)
    if found is not None:
        frozen = {"conv.weight": 2.0, "conv.bias": 2.0}
        show.expect("values afterwards", found, right | frozen, "What is frozen stays, and the rest learns.", atol=1e-4)
    show.untried("real networks")
