"""Public check of `fine_tune`."""

from types import SimpleNamespace

import torch
from torch import nn

from tlcore import plots


class _Scale(nn.Module):
    """Logits (w x, 0): one number learns. Counts the training pictures that it has seen in a buffer."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.zeros(()))
        self.frozen = nn.Parameter(torch.zeros(()), requires_grad=False)
        self.register_buffer("seen", torch.tensor(0))

    def forward(self, x):
        if self.training:
            self.seen += len(x)
        score = self.w * x[:, 0] + self.frozen
        return torch.stack([score, torch.zeros_like(score)], 1)


class _Passes:
    """Batches, another list of them for each pass. No DataLoader."""

    def __init__(self, *passes):
        self.passes, self.count = passes, 0

    def __iter__(self):
        self.count += 1
        return iter(self.passes[min(self.count, len(self.passes)) - 1])

    def __len__(self):
        return len(self.passes[0])


EXPECTED_LOSSES = [0.692, 0.718, 0.643, 0.743, 0.695]
"""From w after each epoch: 0.025, 0.0497, 0.0741, 0.0981, 0.1219. A right picture costs log(1 + exp(-w x))."""


def _batch(*labels, x=1.0):
    return torch.full((len(labels), 1), x), torch.tensor(labels)


def _result(fine_tune, show, *args):
    given = fine_tune(*args)
    what = "Nothing came back: is a `return` missing?" if given is None else "It is a pair: best_state, history."
    if show.that(isinstance(given, tuple) and len(given) == 2, "it returns a state and a history", what):
        return dict(given[0] or {}), [{k: float(v) for k, v in epoch.items()} for epoch in given[1]]
    return None, None


def check(fine_tune, show):
    show.tried("a model of one weight w, which begins at 0; one epoch, a batch of 3 and one of 1, rate 1")
    model = _Scale().eval()
    train = _Passes([_batch(0, 0, 0), _batch(1)])
    val = _Passes([_batch(0, 0, 0), _batch(1)])
    best, history = _result(fine_tune, show, model, train, val, SimpleNamespace(lr=1.0, epochs=1, patience=5))
    if best is None:
        return
    # By hand: the first step goes from 0 to 0.5, the second to 0.5 - sigmoid(0.5) = -0.1225.
    show.expect(
        "w afterwards",
        float(model.w.detach()),
        -0.1225,
        "A step for each batch, on the mean loss of that batch and on nothing of the batch before; plain SGD.",
        atol=1e-3,
    )
    if not show.expect("epochs in the history", len(history), 1, "One dict for each epoch."):
        return
    row = {kind: round(history[0].get(kind, float("nan")), 4) for kind in ("train_loss", "val_loss", "val_accuracy")}
    show.expect(
        "the epoch in the history",
        row,
        {"train_loss": 0.7634, "val_loss": 0.7256, "val_accuracy": 0.25},
        "A batch of three counts three times as much as a batch of one. The training loss is the one before the step.",
        atol=2e-3,
    )
    show.expect("training pictures that the buffer has counted", int(model.seen), 4, "Train mode in training only.")
    show.expect("train mode afterwards, of a model that came in eval mode", model.training, False)
    show.expect("value of the frozen number", float(model.frozen), 0.0, "Only what can learn is trained.")

    show.tried("validation that goes down, up, down, and then stays up: patience 2 and ten epochs")
    # The weight moves a little in each epoch, so that its value tells which epoch a state is of.
    # In epoch 1 all pictures are right, though barely; in epoch 3 one is wrong and the others are clearly right.
    planned = [
        ((0, 0, 0, 0), 0.1),
        ((1, 1, 1, 1), 1),
        ((0, 0, 0, 1), 3),
        ((1, 1, 1, 1), 1),
        ((1, 1, 0, 0), 1),
        ((0,), 9),
    ]
    model = _Scale().train()
    states = []
    model.register_forward_pre_hook(lambda module, args: None if module.training else states.append(float(module.w)))
    val = _Passes(*[[_batch(*labels, x=float(x))] for labels, x in planned])
    train = _Passes([_batch(0, 0)])
    best, history = _result(fine_tune, show, model, train, val, SimpleNamespace(lr=0.05, epochs=10, patience=2))
    if best is None:
        return
    losses = [epoch.get("val_loss", float("nan")) for epoch in history]
    show.expect(
        "epochs",
        len(history),
        5,
        "The lowest is in epoch 3. Epochs 4 and 5 are not below it, though 5 is below 4: that makes two.",
    )
    show.expect(
        "validation loss",
        [round(loss, 3) for loss in losses[:5]],
        EXPECTED_LOSSES,
        "Losses of each pass, after the epoch's training.",
        atol=2e-3,
    )
    show.expect(
        "w in the state that is kept",
        float(best.get("w", torch.tensor(float("nan")))),
        0.0741,
        "0.0741 is w after epoch 3, of the lowest loss. `state_dict()` holds the model's own tensors: keep a copy.",
        atol=1e-3,
    )
    show.expect(
        "tensors in the state that is kept",
        sorted(best),
        ["frozen", "seen", "w"],
        "The whole state: buffers too.",
    )
    show.expect(
        "training pictures that the buffer has counted", int(model.seen), 10, "Each epoch begins in train mode."
    )
    show.expect(
        "w of the model at the end",
        float(model.w.detach()),
        0.1219,
        "The model itself is left as the last step made it.",
        atol=1e-3,
    )
    show.expect("train mode afterwards, of a model that came in train mode", model.training, True)
    show.picture(
        plots.lines(
            "Validation loss by epoch",
            {"yours": losses, "expected": EXPECTED_LOSSES},
            xlabel="epoch",
            ylabel="validation loss",
        )
    )
    show.untried("two epochs with equal losses, batch norm, dropout, networks")
