"""Public check of `load_backbone`."""

import torch
from torch import nn

from tlcore import plots


def _net(n_classes, value):
    """A layer, a batch norm and a head, all filled with one value; the norm has counted so many batches."""
    net = nn.Sequential()
    net.add_module("body", nn.Linear(2, 2))
    net.add_module("norm", nn.BatchNorm1d(2))
    net.add_module("fc", nn.Linear(2, n_classes))
    with torch.no_grad():
        for tensor in net.state_dict().values():
            tensor.fill_(value)
    return net


def _first(net):
    """The first number of each tensor."""
    return {name: float(value.flatten()[0]) for name, value in net.state_dict().items()}


BACKBONE = ["body.weight", "body.bias", "norm.weight", "norm.bias"]
BUFFERS = ["norm.running_mean", "norm.running_var", "norm.num_batches_tracked"]
HEAD = ["fc.weight", "fc.bias"]


def check(load_backbone, show):
    right = dict.fromkeys(BACKBONE + BUFFERS, 7.0) | dict.fromkeys(HEAD, 1.0)
    loads = True
    for prefix in ("", "module.", "my.model."):
        show.tried(f"a checkpoint full of sevens into a model of ones with another head; prefix {prefix!r}")
        net = _net(3, 1)
        checkpoint = {prefix + name: value for name, value in _net(5, 7).state_dict().items()}
        report = load_backbone(net, checkpoint)
        found = _first(net)
        teach = "Print a name of the checkpoint and a name of the model. What has to go?"
        if any(found[name] == 7 for name in BACKBONE):
            teach = "Batch norm keeps its statistics in buffers. `named_parameters()` does not list them."
        if any(found[name] == 7 for name in HEAD):
            teach = "A head for other classes is not loaded, not even in part."
        loads &= show.expect("first number of each tensor afterwards", found, right, teach)
        if not prefix:
            names, before = list(right), [found[name] for name in right]
    show.picture(
        plots.bars(
            "Where the numbers come from: 7 is the checkpoint, 1 is the model",
            names,
            before,
            list(right.values()),
            ylabel="first number of the tensor",
        )
    )
    if not loads:
        return  # what follows would tell of the same mistake again

    show.tried("the same, with a tensor left out and one that the model does not have; the report")
    net = _net(3, 1)
    checkpoint = {"module." + name: value for name, value in _net(5, 7).state_dict().items()}
    del checkpoint["module.body.bias"]
    checkpoint["module.other.weight"] = torch.zeros(2)
    report = load_backbone(net, checkpoint)
    if show.that(report is not None, "it returns a report", "Nothing came back: is a `return` missing?"):
        lists = {kind: sorted(getattr(report, kind)) for kind in ("loaded", "missing", "mismatched", "unexpected")}
        show.expect(
            "the four lists",
            lists,
            {
                "loaded": sorted(set(BACKBONE + BUFFERS) - {"body.bias"}),
                "missing": ["body.bias"],
                "mismatched": sorted(HEAD),
                "unexpected": ["other.weight"],
            },
            "Names are without the prefix. What has another shape is mismatched, and not missing.",
        )

    show.tried("the model is changed after loading, and the checkpoint looked at")
    net, checkpoint = _net(3, 1), _net(5, 7).state_dict()
    load_backbone(net, checkpoint)
    with torch.no_grad():
        for tensor in net.state_dict().values():
            tensor.fill_(0)
    show.expect(
        "tensors of the checkpoint that changed with it",
        [name for name, value in checkpoint.items() if float(value.flatten()[0]) != 7],
        [],
        "After `a = b` there are two names and one tensor. Copy the values.",
    )

    for what, checkpoint in (
        ("foreign names", {f"x.{name}": torch.zeros(2) for name in "abc"}),
        ("the right names and other shapes", {name: torch.zeros(9, 9) for name in right}),
    ):
        show.tried(f"a checkpoint with {what}")
        net = _net(3, 1)
        try:
            load_backbone(net, checkpoint)
            refused = False
        except Exception:
            refused = True
        show.that(refused, "it raises an error", "Nothing was loaded. Whoever called it should hear of that.")
        show.expect("first number of each tensor afterwards", _first(net), dict.fromkeys(right, 1.0))
    show.untried("real networks, and a model of transformers")
