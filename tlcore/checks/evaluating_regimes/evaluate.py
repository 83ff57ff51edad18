"""Public check of `evaluate`."""

import torch
from torch import nn

from tlcore import plots

WANTED = ("n", "loss", "confusion", "accuracy", "macro_f1", "majority")


def _says(*classes):
    """Inputs that a model which answers with its input takes for these of three classes."""
    return 5 * torch.eye(3)[list(classes)]


def _number(metrics, name):
    value = metrics[name]
    return float(value) if hasattr(value, "__float__") else value


def check(evaluate, show):
    show.tried("the example by hand: six pictures in batches of 4 and 2, a model with dropout in train mode")
    model = nn.Sequential(nn.Identity(), nn.Dropout(0.5)).train()
    model[0].eval()
    loader = [(_says(0, 0, 0, 1), torch.tensor([0, 0, 0, 0])), (_says(1, 0), torch.tensor([1, 1]))]
    metrics = evaluate(model, loader)
    teach = "Nothing came back: is a `return` missing?" if metrics is None else "One dict with all six entries."
    complete = isinstance(metrics, dict) and all(name in metrics for name in WANTED)
    if not show.that(complete, "it returns a dict with " + ", ".join(WANTED), teach):
        return
    show.expect("n", _number(metrics, "n"), 6.0)
    confusion = torch.as_tensor(metrics["confusion"]).tolist()
    expected = [[3, 1, 0], [1, 1, 0], [0, 0, 0]]
    show.expect(
        "confusion",
        confusion,
        expected,
        "Rows are true classes, columns are answers; one row and column for each class that the model can answer. "
        "In train mode, dropout would change the answers.",
    )
    show.expect("accuracy", _number(metrics, "accuracy"), 0.6667, "4 of 6 pictures, not a mean of batches.", atol=1e-3)
    show.expect(
        "macro F1",
        _number(metrics, "macro_f1"),
        0.4167,
        "(0.75 + 0.5 + 0) / 3: each class has the same share, also the third, of which there is no picture.",
        atol=1e-3,
    )
    show.expect("majority", _number(metrics, "majority"), 0.6667, "Four of the six labels are class 0.", atol=1e-3)
    # A right answer costs log(1 + 2 exp(-5)) = 0.0134, a wrong one 5 more: 2 of 6 are wrong.
    show.expect("loss", _number(metrics, "loss"), 1.6801, "The mean cross-entropy over pictures.", atol=1e-3)
    modes = [part.training for part in model.modules()]
    show.expect(
        "train mode of the model and its two parts afterwards",
        modes,
        [True, False, True],
        "Each part has a mode of its own: `model.train()` gives all of them the same.",
    )
    show.picture(plots.matrix("Confusion: rows are true classes", confusion, expected))

    show.tried("batch norm, whose statistics a train mode would change")
    norm = nn.BatchNorm1d(3)
    evaluate(norm, loader)
    show.expect("batches that batch norm has counted", int(norm.num_batches_tracked), 0, "Eval mode before the pass.")
    show.untried("models of transformers, batches that can be gone through only once")
