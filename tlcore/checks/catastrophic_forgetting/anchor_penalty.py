"""Public check of `take_anchor`, `fisher` and `anchor_penalty`."""

import torch
from torch import nn

from tlcore import plots


class _Small(nn.Module):
    """Two weights: body 3, head 5."""

    def __init__(self):
        super().__init__()
        self.body = nn.Linear(1, 1, bias=False)
        self.head = nn.Linear(1, 2, bias=False)
        with torch.no_grad():
            self.body.weight.fill_(3.0)
            self.head.weight.copy_(torch.tensor([[0.5], [-0.5]]))

    def forward(self, x):
        return self.head(self.body(x))


def _gradients(model, penalty):
    """The gradients of body and head; zeros if there are none."""
    model.zero_grad()
    if penalty.requires_grad:
        penalty.backward()
    return [0.0 if p.grad is None else float(p.grad.flatten()[0]) for p in (model.body.weight, model.head.weight)]


def check(take_anchor, fisher, anchor_penalty, show):
    model = _Small()
    show.tried("a body whose weight is 3 when the anchor is taken; the weight moves to 5, and the head moves, too")
    anchor = take_anchor(model, "head")
    at_anchor = anchor_penalty(model, anchor)
    if not show.that(
        isinstance(at_anchor, torch.Tensor),
        "anchor_penalty returns a tensor",
        "Is there a `return` in each of your functions? A plain number has no gradient.",
    ):
        return
    show.expect(
        "penalty at the anchor", float(at_anchor), 0.0, "Nothing has moved. Is it the distance that you square?"
    )
    with torch.no_grad():
        model.body.weight += 2.0
        model.head.weight += 7.0
    penalty = anchor_penalty(model, anchor)
    value = float(penalty)
    show.expect(
        "penalty at 5",
        value,
        4.0,
        "(5 - 3) squared is 4. If it is 0, the anchor moved along; if it is larger, the head counts too.",
        atol=1e-4,
    )
    pull = _gradients(model, penalty)
    show.expect(
        "gradient of the body and of the head",
        pull,
        [4.0, 0.0],
        "2 * (5 - 3) is 4. If the body gets 0, the anchor still hangs in the graph. The head is free.",
        atol=1e-4,
    )
    show.picture(plots.bars("Gradient of the penalty", ["body", "head"], pull, [4.0, 0.0], ylabel="gradient"))

    show.tried("two rows, x = 1 and x = -1, both of class 0")
    model = _Small()
    anchor = take_anchor(model, "head")
    x, y = torch.tensor([[1.0], [-1.0]]), torch.tensor([0, 0])
    weight = fisher(model, anchor, x, y)
    if not show.that(weight is not None, "fisher returns something", "Is there a `return` in it?"):
        return
    with torch.no_grad():
        model.body.weight += 2.0
    # Logits 1.5 and -1.5: with p = sigmoid(3), the gradients of the two rows are p - 1 and p.
    p = float(torch.sigmoid(torch.tensor(3.0)))
    wanted = ((1 - p) ** 2 + p**2) / 2 * 4
    show.expect(
        "weighted penalty at 5",
        round(float(anchor_penalty(model, anchor, weight)), 4),
        round(wanted, 4),
        "The gradients of the two rows are -0.047 and 0.953. Square each of them before you take the mean.",
        atol=1e-3,
    )
    show.that(
        model.training and all(q.grad is None for q in model.parameters()),
        "fisher leaves the mode of the model and its gradients alone",
        "Work on a copy of the model, or use torch.autograd.grad and put the modes back.",
    )
    show.untried("real networks with many parameters, batch norm and dropout, and training with the penalty")
