"""Hidden tests of `replace_head`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch

from grader.hidden.feature_extraction.setups import OUTPUTS, dropout_factors, selecting
from grader.hidden.registry import hidden_test
from grader.student.expect import Expect
from grader.student.given import Given
from grader.student.proxy import Model, Student, model_from
from grader.student.views import View, outputs_from

LARGEST = 10.0
"""Among the weights of a new layer. PyTorch's own are below 1, and numbers from a normal distribution below 6."""

LAST = {"two layers": "3", "alone": "0", "norm": "2", "nested": "out2"}
"""The name of the last layer in each kind of classifier (`student.tools.classifier`)."""
LAYOUTS = ("fc", "classifier", "head")
STATES = (
    ("frozen but for one block", False, "backbone.0"),
    ("trainable but for one block", True, "backbone.1"),
)
"""What a model was before: its name, whether its parameters can learn, and the part that is an exception."""


def net_with_head(given: Given, layout: str, **config: Any) -> Any:
    """A net whose last layer is where `layout` says, and how many classes it shall get; all sizes differ."""
    n_old, n_new = given.distinct(2, 4, 9)
    widths = [given.choice([10, 12, 14]), given.choice([18, 20, 22, 26])]
    model = given.tiny_net(widths=widths, n_classes=n_old, layout=layout, **config)
    path = "classifier.1" if layout == "classifier" else layout
    x = given.tensor(10, model.config.in_channels, 8, 8)
    return SimpleNamespace(model=model, path=path, width=widths[-1], n_old=n_old, n_new=n_new, x=x)


def with_new_head(
    student: Student, expect: Expect, net: Any, weight: torch.Tensor, bias: torch.Tensor, returned: bool = False
) -> Model | None:
    """The model that `replace_head` leaves, its new layer set to given numbers; None where it has no such layer.
    `returned` asks whether the function returned it."""
    old = net.model.part(net.path)
    answer = student.replace_head(net.model, net.n_new)
    if returned:
        expect.that(isinstance(answer, Model), "replace_head(model, n_classes) returns a model")
    model = model_from(answer, net.model)
    heads = student.tools.linears(model, net.n_new)
    kinds = {net.width: "what the old one took", net.n_old: "the old logits"}
    takes = [kinds.get(head.weight.shape[1], "another number of inputs") for head in heads]
    there = expect(
        takes,
        f"what the layer with {net.n_new} outputs takes",
        equals=["what the old one took"],
        view=View(lambda v: ", ".join(v) or f"no layer with {net.n_new} outputs"),
    )
    honest = old.out_features == old.weight.shape[0]
    expect.that(honest, "the old layer has as many outputs as it says")
    if not there:
        return None
    small = float(heads[0].weight.abs().max()) < LARGEST
    expect.that(small, "the new layer starts with weights from which it can learn")
    student.tools.pin(heads[0], weight, bias)
    return model


def new_classes(student, given, expect, layout):
    net = net_with_head(given, layout)
    weight, bias = given.tensor(net.n_new, net.width), given.tensor(net.n_new)
    model = with_new_head(student, expect, net, weight, bias)
    if model is not None:
        outputs = model.outputs(net.x)
        expect(outputs, "outputs once the new layer has known weights", view=OUTPUTS)


@hidden_test(weight=1, says="Ask the old layer for what the new one needs to know.")
def test_new_classes_where_the_head_is_fc(student, given, expect):
    """A model with `fc` answers for the new classes, from the backbone's own features"""
    new_classes(student, given, expect, "fc")


@hidden_test(weight=1, says="Here the last layer is inside a Sequential.")
def test_new_classes_where_the_head_is_in_a_classifier(student, given, expect):
    """A model with `classifier` answers for the new classes, from the backbone's own features"""
    new_classes(student, given, expect, "classifier")


@hidden_test(weight=1, says="Ask the old layer for what the new one needs to know.")
def test_new_classes_where_the_head_is_head(student, given, expect):
    """A model with `head` answers for the new classes, from the backbone's own features"""
    new_classes(student, given, expect, "head")


@hidden_test(weight=1, says="Where in the Sequential is its last layer, and what does that layer take?")
def test_classifiers_of_other_layers(student, given, expect):
    """A classifier of several layers, of one, or with a norm: its last layer is replaced, and nothing else"""
    for kind in ("two layers", "alone", "norm", "nested"):
        net = net_with_head(given, "classifier")
        hidden, dropout = given.choice([27, 29, 31]), given.choice([0.3, 0.4])
        classifier = student.tools.classifier(kind, net.width, hidden, net.n_old, dropout)
        student.tools.put_part(net.model, "classifier", classifier.mode(False))
        net.path, net.width = "classifier." + LAST[kind], hidden if kind in ("two layers", "nested") else net.width
        weight, bias = given.tensor(net.n_new, net.width), given.tensor(net.n_new)
        model = with_new_head(student, expect, net, weight, bias)
        if model is not None:
            expect(model.outputs(net.x), f"outputs where the classifier is: {kind}", view=OUTPUTS)


@hidden_test(weight=1, says="Only the last linear layer is replaced. What else lies in the classifier?")
def test_dropout_is_kept(student, given, expect):
    """The dropout before the head is still there, in the classifier or in the model"""
    # No batch norm: train mode then differs from eval mode by the dropout alone.
    for layout in ("classifier", "fc", "head"):
        p = given.choice([0.3, 0.4, 0.6])
        net = net_with_head(given, layout, norm="none", dropout=p)
        picture = net.x[:1]
        features = net.model.part("backbone").outputs(picture)[0]
        bias = given.tensor(net.n_new)
        model = with_new_head(student, expect, net, *selecting(features, bias))
        if model is not None:
            factors, whole = dropout_factors(model, picture, bias)
            expect(factors, f"by what train mode multiplies a feature, where the head is in `{layout}`", atol=0.02)
            # Two numbers with the right ratio can be made up; this feature of this picture cannot.
            expect(whole, "that feature itself and the bias, in eval mode")


@hidden_test(weight=1, says="Which `requires_grad` does the new layer have, and which do the others have?")
def test_the_new_head_learns_whatever_was_frozen(student, given, expect):
    """The new head learns, whatever was frozen before; the rest stays frozen or not as it was"""
    whole = (given.choice(["fc", "head"]), "frozen", False, "")
    for layout, state, learns, exception in (whole, *((layout, *state) for layout in LAYOUTS for state in STATES)):
        net = net_with_head(given, layout)
        student.tools.trainable(net.model, learns)
        if exception:
            student.tools.trainable(net.model.part(exception), not learns)
        model = with_new_head(student, expect, net, given.tensor(net.n_new, net.width), given.tensor(net.n_new))
        y = given.labels(10, net.n_new)
        if model is not None:
            before = model.outputs(net.x)
            model.train(net.x, y, steps=3, lr=0.05, training=False)
            label = f"outputs after three training steps of a model that was {state} before"
            expect(model.outputs(net.x), label, atol=1e-4, view=outputs_from(before))


@hidden_test(weight=1, says="What does a function give back that ends without `return`?")
def test_it_returns_the_model(student, given, expect):
    """It returns the model with the new head"""
    net = net_with_head(given, given.choice(["fc", "head"]))
    with_new_head(student, expect, net, given.tensor(net.n_new, net.width), given.tensor(net.n_new), returned=True)
