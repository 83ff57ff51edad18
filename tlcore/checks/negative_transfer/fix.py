"""Public check of `fix`: small runs, their causes known by hand, and what the patches do."""

import copy

import torch
from torch import nn

from tlcore import plots
from tlcore.models import TinyNet

SOUND = {
    "regime": "full",
    "transcript": {
        "photos": {"mean": [0.6], "std": [0.1]},
        "card": {"mean": [0.5], "std": [0.2]},
        "input": {"mean": [0.5], "std": [0.5]},
        "plants": {"train": [1, 1, 2, 5, 5], "val": [3, 3, 8]},
        "loss": [1.5, 1.1, 0.8],
        "own": [2.0, 1.5, 1.6],
        "used": [1.8, 1.5, 1.6],
        "moved": {"head": 0.4, "backbone": 1.2, "statistics": 2.1},
        "evaluation": {
            "accuracy": 60.0,
            "again": 60.0,
            "rows": [8, 2],
            "right": [6, 0],
            "statistics_moved": 0.0,
        },
    },
}
FROZEN = {"head": 0.4, "backbone": 0.0, "statistics": 0.0}
CHANGES = {
    "wrong_normalisation": ("full", {"input": {"mean": [0.0], "std": [1.0]}}),
    "shared_plants": ("full", {"plants": {"train": [1, 1, 2, 5, 5], "val": [3, 5, 8]}}),
    "untrained_head": ("full", {"moved": {"head": 0.0, "backbone": 1.2, "statistics": 2.1}}),
    "unfrozen_backbone": ("frozen", {"moved": FROZEN | {"backbone": 0.7}}),
    "drifting_statistics": ("frozen", {"moved": FROZEN | {"statistics": 0.7}}),
    "gradients_added": ("full", {"used": [2.0, 3.2, 4.5]}),
    "train_mode_evaluation": (
        "full",
        {"evaluation": {"accuracy": 60.0, "again": 58.0, "rows": [8, 2], "right": [6, 0], "statistics_moved": 0.0}},
    ),
    "unweighted_batches": (
        "full",
        {"evaluation": {"accuracy": 37.5, "again": 37.5, "rows": [8, 2], "right": [6, 0], "statistics_moved": 0.0}},
    ),
}
"""The fault, and what it changes in the sound transcript. 6 of 10 rows are 60 %, the mean of 75 % and 0 % is 37.5 %."""
TEACH = {
    "wrong_normalisation": "(0.6 - 0.5) / 0.2 = 0.5 is what the mean should have been.",
    "shared_plants": "Plant 5 is in both parts.",
    "untrained_head": "How far has the head moved?",
    "unfrozen_backbone": "What may move while the backbone is frozen?",
    "drifting_statistics": "Statistics move without any gradient.",
    "gradients_added": "The second step used 3.2, and its own batch gave 1.5.",
    "train_mode_evaluation": "The same model and the same rows: 60 and then 58.",
    "unweighted_batches": "6 of 10 rows are right.",
}


def _diagnosed(fix, show, regime, changes):
    """The cause and the patch; None if the answer is no pair, which is then said."""
    answer = fix({"regime": regime, "transcript": {**copy.deepcopy(SOUND["transcript"]), **copy.deepcopy(changes)}})
    if isinstance(answer, (tuple, list)) and len(answer) == 2:
        cause, patch = answer
        return cause, patch
    hint = "Nothing came back: is a `return` missing?" if answer is None else "Return a cause and a function."
    show.that(False, "it returns a pair", hint)
    return None


def check(fix, show):
    show.tried("a sound run, and eight runs with one fault each")
    found = {}
    for cause, (regime, changes) in {"sound": ("full", {}), **CHANGES}.items():
        answer = _diagnosed(fix, show, regime, changes)
        if answer is None:
            return
        found[cause] = answer
        show.expect(f"the cause of the run with {cause}", answer[0], cause, TEACH.get(cause, "Every number fits."))
    if not show.that(found["sound"][1] is None, "a sound run gets no patch", "There is nothing to replace: None."):
        return
    patches = {cause: patch for cause, (_, patch) in found.items() if cause != "sound"}
    if not show.that(all(map(callable, patches.values())), "each fault gets a function", "Not a call of it."):
        return

    show.tried("prepare and split on numbers that can be checked by hand")
    pictures, card = torch.tensor([0.5, 0.9]).view(1, 1, 1, 2), {"mean": [0.5], "std": [0.2]}
    got = torch.as_tensor(patches["wrong_normalisation"](pictures, card)).flatten().tolist()
    show.expect("0.5 and 0.9 under the card", got, [0.0, 2.0], "(0.9 - 0.5) / 0.2 = 2.", atol=1e-5)
    parts = patches["shared_plants"]([4, 9, 4, 2, 9, 1], 2)
    rows = [sorted(int(row) for row in part) for part in parts]
    show.expect("rows for training and validation", rows, [[3, 5], [0, 1, 2, 4]], "Plants 4 and 9 are held out.")

    show.tried("build and step in both regimes")
    _training(patches, show)

    show.tried("evaluate on batches of three rows and one")
    _evaluation(patches["unweighted_batches"], show)
    show.untried("several channels, dropout in a step, other paths of the head, and the patches of the other causes")


def _training(patches, show):
    moved = {}
    for regime, cause in (("full", "untrained_head"), ("frozen", "unfrozen_backbone")):
        torch.manual_seed(0)
        model = TinyNet(3, 1, (4, 4), dropout=0.0)
        built = patches[cause](model, "fc", 5, regime, 0.1)
        if not show.that(isinstance(built, (tuple, list)) and len(built) == 2, "build returns a pair", "A model, too."):
            return
        model, optimizer = built
        before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        x, y = torch.randn(6, 1, 8, 8), torch.tensor([0, 1, 2, 3, 4, 0])
        for parameter in model.parameters():
            parameter.grad = torch.full_like(parameter, 100.0) if parameter.requires_grad else None
        patches["drifting_statistics"](model, optimizer, x, y, regime)
        after = model.state_dict()
        kinds = {"head": "fc.", "weights of the backbone": "weight", "statistics": "running"}
        moved[regime] = {
            kind: any(
                not torch.equal(before[name], after[name])
                for name in before
                if sign in name and (kind == "head" or not name.startswith("fc."))
            )
            for kind, sign in kinds.items()
        }
        far = max(float((before[name] - after[name]).abs().max()) for name in before if "fc." in name)
        show.that(far < 5, f"a gradient left from before does no harm ({regime})", "Forget it before this batch's own.")
    show.expect("what moves where all is trained", moved["full"], dict.fromkeys(moved["full"], True), "All of it.")
    right = {"head": True, "weights of the backbone": False, "statistics": False}
    show.expect("what moves where the backbone is frozen", moved["frozen"], right, "The head alone, norms included.")
    names = list(right)
    show.picture(
        plots.layers(
            "What moves in one step, backbone frozen",
            names,
            {"trainable": None, "moved": [float(moved["frozen"][name]) for name in names]},
            {"trainable": None, "moved": [float(right[name]) for name in names]},
        )
    )


def _evaluation(evaluate, show):
    class Echo(nn.Module):
        """Its logits are its inputs; a norm and a dropout beside them show the mode."""

        def __init__(self):
            super().__init__()
            self.norm, self.drop = nn.BatchNorm1d(2), nn.Dropout(1.0)

        def forward(self, x):
            self.norm(x)
            return self.drop(x)

    model = Echo()
    model.norm.eval()
    x, y = torch.eye(2)[[0, 1, 0, 1]], torch.tensor([0, 1, 0, 0])
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    got = evaluate(model, iter([(x[:3], y[:3]), (x[3:], y[3:])]))
    show.expect("three of four rows are right", got, 75.0, "A mean of the batches would be 50.", atol=1e-4)
    same = all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())
    modes = [model.training, model.norm.training, model.drop.training]
    show.that(same, "evaluation changes no tensor of the model", "In which mode was it asked?")
    show.expect(
        "modes afterwards: model, norm, dropout",
        modes,
        [True, False, True],
        "After an evaluation every module is in the mode that it was in before, also where these differ.",
    )
