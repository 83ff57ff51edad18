"""Public check of `lp_then_ft`."""

from types import SimpleNamespace

import torch
from torch import nn

from tlcore import plots


class _Net(nn.Module):
    """logits = head(body(x)), one number each, both 1 at first; the body has a batch norm aside that counts."""

    def __init__(self):
        super().__init__()
        self.body = nn.Linear(1, 1, bias=False)
        self.norm = nn.BatchNorm1d(1, affine=False)
        self.head = nn.Linear(1, 2, bias=False)
        with torch.no_grad():
            self.body.weight.fill_(1)
            self.head.weight.copy_(torch.tensor([[0.0], [0.0]]))

    def forward(self, x):
        self.norm(x)
        return self.head(self.body(x))


class _Batches(list):
    """A list of batches that counts how often it was gone through."""

    passes = 0

    def __iter__(self):
        self.passes += 1
        return super().__iter__()


def _run(lp_then_ft, lp_epochs, ft_epochs, frozen=False):
    net = _Net().train()
    net.body.requires_grad_(not frozen)
    train = _Batches([(torch.ones(2, 1), torch.tensor([0, 0]))])
    config = SimpleNamespace(lp_epochs=lp_epochs, ft_epochs=ft_epochs, lr_head=1.0, lr_body=0.1)
    lp_then_ft(net, train, config)
    numbers = {
        "body": round(float(net.body.weight.detach()), 4),
        "head, class 0": round(float(net.head.weight.detach()[0]), 4),
        "head, class 1": round(float(net.head.weight.detach()[1]), 4),
    }
    return net, train, numbers


def check(lp_then_ft, show):
    # By hand, with a body b and a head (h, -h): p = sigmoid(2 b h).
    # A step adds lr (1 - p) b to h, and 2 lr (1 - p) h to b.
    show.tried("one weight in the body (1), two in the head (0, 0): two passes of the probe at 1.0, no fine-tuning")
    net, train, found = _run(lp_then_ft, 2, 0)
    untouched = found == {"body": 1.0, "head, class 0": 0.0, "head, class 1": 0.0}
    show.expect(
        "numbers afterwards",
        found,
        {"body": 1.0, "head, class 0": 0.7689, "head, class 1": -0.7689},
        "Nothing moved in the model that was given. It is to be trained itself, not a copy of it."
        if untouched
        else "In the probe the head alone learns, at `cfg.lr_head`, by the mean loss of each batch.",
        atol=1e-3,
    )
    show.expect(
        "batches that the body's batch norm has counted",
        int(net.norm.num_batches_tracked),
        0,
        "Batch norm counts in train mode, frozen or not.",
    )
    show.that(
        all(p.requires_grad for p in net.parameters()),
        "every parameter can learn afterwards, also without fine-tuning",
        "The probe froze the body. Who thaws it?",
    )

    show.tried("no probe, two passes of fine-tuning at 0.1")
    net, train, found = _run(lp_then_ft, 0, 2)
    show.expect(
        "numbers afterwards",
        found,
        {"body": 1.0048, "head, class 0": 0.0975, "head, class 1": -0.0975},
        "In fine-tuning everything learns, head and body, at `cfg.lr_body`.",
        atol=1e-3,
    )
    show.expect("batches that the batch norm has counted", int(net.norm.num_batches_tracked), 2, "Train mode now.")

    for frozen in (False, True):
        show.tried("two passes of each" + (", of a model whose body was frozen" if frozen else ""))
        net, train, found = _run(lp_then_ft, 2, 2, frozen)
        right = {"body": 1.0533, "head, class 0": 0.8037, "head, class 1": -0.8037}
        show.expect(
            "numbers afterwards",
            found,
            right,
            "Fine-tuning begins with the head that the probe has found, at the lower rate, whatever was frozen before.",
            atol=1e-3,
        )
        show.that(not any(m.training for m in net.modules()), "the model is in eval mode", "`model.eval()` at the end.")
        show.that(
            train.passes in (3, 4),
            "the training pictures were gone through four times",
            "Two passes and two passes; three, if the features of the probe were kept.",
        )
    show.picture(
        plots.bars(
            "Both phases: where the numbers ended",
            list(right),
            list(found.values()),
            list(right.values()),
            ylabel="value",
        )
    )
    show.untried("networks, several batches, dropout")
