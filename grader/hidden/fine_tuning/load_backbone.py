"""Hidden tests of `load_backbone`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from grader.hidden.registry import hidden_test
from grader.student.answers import LearnerError
from grader.student.given import Given
from grader.student.views import View, moved_from

KINDS = ("loaded", "missing", "mismatched", "unexpected")


def pretrained(given: Given, prefix: str, **config: Any) -> Any:
    """A model, and the tensors of another one of its kind under a prefix, whose head is for other classes."""
    n_old, n_new = given.distinct(2, 3, 9)
    config = {"widths": [given.choice([8, 12]), given.choice([16, 20])], "in_channels": given.choice([1, 3]), **config}
    source = given.tiny_net(n_classes=n_old, layout="fc", **config)
    model = given.tiny_net(n_classes=n_new, layout="fc", **config)
    x = given.tensor(8, config["in_channels"], 8, 8)
    # Trained a little: its batch norms have counted the batches.
    source.train(x, given.labels(8, n_old), steps=given.choice([1, 2, 3]))
    tensors = {prefix + name: value for name, value in source.tensors().items()}
    return SimpleNamespace(model=model, tensors=tensors, n_new=n_new, x=x)


def named(report: Any) -> dict[str, list[str]]:
    """The four lists of a report, each in one order."""
    return {kind: sorted(str(name) for name in getattr(report, kind)) for kind in KINDS}


def in_numbers(report: dict[str, list[str]]) -> str:
    """How many names of each kind, and the first of those that are few."""
    few = {kind: f" ({', '.join(names[:3])})" if 0 < len(names) < 4 else "" for kind, names in report.items()}
    return "; ".join(f"{kind}: {len(names)}{few[kind]}" for kind, names in report.items())


def state_after(student, given, expect, prefix, only=""):
    net = pretrained(given, prefix)
    net.tensors = {name: value for name, value in net.tensors.items() if name.startswith(prefix + only)}
    before = net.model.tensors()
    student.load_backbone(net.model, net.tensors)
    label = (
        f"tensors of the model that changed, where names begin with {prefix!r}" if prefix else "tensors that changed"
    )
    expect(net.model.tensors(), label, view=moved_from(before))


@hidden_test(weight=2, says="How do the names in the checkpoint begin, and how do the model's? Are buffers among them?")
def test_all_of_the_backbone_is_loaded_under_a_prefix(student, given, expect):
    """Every parameter and buffer of the backbone is loaded where the names have a prefix"""
    state_after(student, given, expect, given.choice(["module.", "model."]))
    state_after(student, given, expect, f"{given.name()}.net.")
    # As `nn.Sequential` names its first part, and as parts inside the model are named too.
    state_after(student, given, expect, "0.")


@hidden_test(weight=1, says="A prefix can be empty. What do you take away from a name then?")
def test_names_without_a_prefix(student, given, expect):
    """A checkpoint without a prefix is loaded, and so is one of a transformer"""
    state_after(student, given, expect, "")
    # Without a head all names begin alike, and so do the model's.
    state_after(student, given, expect, "", only="backbone.")
    n_old, n_new = given.distinct(2, 3, 9)
    source, model = (student.tools.model("vit", n_classes) for n_classes in (n_old, n_new))
    before = model.tensors()
    student.load_backbone(model, source.tensors())
    expect(model.tensors(), "tensors of a vision transformer that changed", view=moved_from(before))


@hidden_test(
    weight=2, says="Compare the two lists of names: which are in both, which in one alone, which differ in shape?"
)
def test_the_report_is_exact(student, given, expect):
    """The report names what was loaded, what is missing, what has another shape, what nobody asked for"""
    for prefix in ("", f"{given.name()}."):
        net = pretrained(given, prefix)
        # PyTorch itself passes over a missing count of batches.
        dropped = given.choice([name for name in net.tensors if "backbone" in name and "num_batches" not in name])
        del net.tensors[dropped]
        net.tensors[f"{prefix}{given.name()}.weight"] = given.tensor(3)
        expect(named(student.load_backbone(net.model, net.tensors)), "the report", view=View(in_numbers))
    # Other shapes that torch could make fit: as many numbers in one row, and one number for all.
    net = pretrained(given, "")
    kernel = given.choice([name for name, value in net.tensors.items() if value.ndim == 4])
    net.tensors[kernel] = net.tensors[kernel].flatten()
    vector = given.choice([name for name, value in net.tensors.items() if "backbone" in name and value.ndim == 1])
    if vector != kernel:
        net.tensors[vector] = net.tensors[vector][:1]
    before = net.model.tensors()
    report = named(student.load_backbone(net.model, net.tensors))
    expect(report, "the report where two shapes are others that would fit", view=View(in_numbers))
    expect(net.model.tensors(), "tensors of the model that changed then", view=moved_from(before))


@hidden_test(weight=2, says="Train the model on after loading. Who else would change if they shared their memory?")
def test_training_does_not_change_the_checkpoint(student, given, expect):
    """The values are copied: training the model leaves the checkpoint as it was"""
    net = pretrained(given, given.choice(["", "module."]))
    checkpoint = student.tools.named_tensors.kept(net.tensors)
    student.load_backbone(net.model, checkpoint)
    net.model.train(net.x, given.labels(8, net.n_new), steps=2, lr=0.5)
    expect(net.model.outputs(net.x), "what the model says after training", atol=1e-4)
    now = student.tools.read_tensors(checkpoint)
    expect(now, "tensors of the checkpoint that changed", equals=net.tensors, view=moved_from(net.tensors))


def refused(student, net, checkpoint):
    try:
        student.load_backbone(net.model, checkpoint)
    except LearnerError as error:
        if error.kind in ("Blank", "MissingAnswer", "TimeLimit", "Died"):
            raise
        return True
    return False


@hidden_test(weight=1, says="What does your function do where not a single name fits?")
def test_nothing_that_fits_is_an_error(student, given, expect):
    """A checkpoint of which nothing fits is refused, and the model stays as it was"""
    net = pretrained(given, "")
    foreign = {f"{given.name()}.{i}": value for i, value in enumerate(net.tensors.values())}
    before = net.model.tensors()
    expect.that(refused(student, net, foreign), "a checkpoint with foreign names raises an error")
    other_shapes = {name: given.tensor(*value.shape, 2) for name, value in net.tensors.items()}
    expect.that(refused(student, net, other_shapes), "a checkpoint in which every shape differs raises an error")
    expect(net.model.tensors(), "tensors that it changed all the same", view=moved_from(before))
    # An error alone is worth nothing: the same function loads what fits.
    student.load_backbone(net.model, net.tensors)
    expect(net.model.tensors(), "tensors that a fitting checkpoint then changed", view=moved_from(before))
