"""Hidden tests of `replace_head`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch

from grader.hidden.feature_extraction.setups import as_matrix, dropout_factors, how_far_from, selecting
from grader.hidden.registry import hidden_test
from grader.student.proxy import Model, model_from


def net_with_head(given: Any, layout: str, **config: Any) -> Any:
    """A net whose last layer is where `layout` says, and how many classes it shall get; all sizes differ."""
    n_old, n_new = given.distinct(2, 4, 9)
    widths = [given.choice([10, 12, 14]), given.choice([18, 20, 22, 26])]
    model = given.tiny_net(widths=widths, n_classes=n_old, layout=layout, **config)
    path = "classifier.1" if layout == "classifier" else layout
    x = given.tensor(10, model.config.in_channels, 8, 8)
    return SimpleNamespace(model=model, path=path, width=widths[-1], n_old=n_old, n_new=n_new, x=x)


def with_new_head(student: Any, expect: Any, net: Any, weight: torch.Tensor, bias: torch.Tensor) -> Model | None:
    """The model that `replace_head` leaves, its new layer set to given numbers; None where it has no such layer."""
    old = net.model.part(net.path)
    model = model_from(student.replace_head(net.model, net.n_new), net.model)
    heads = student.tools.linears(model, net.n_new)
    kinds = {net.width: "the backbone's features", net.n_old: "the old logits"}
    takes = [kinds.get(head.weight.shape[1], "another number of inputs than there are features") for head in heads]
    there = expect(
        takes,
        f"what the layer with {net.n_new} outputs takes",
        equals=["the backbone's features"],
        shows=lambda v: ", ".join(v) or f"no layer with {net.n_new} outputs",
    )
    honest = old.out_features == old.weight.shape[0]
    expect.that(honest, "the old layer has as many outputs as it says")
    if not there:
        return None
    student.tools.pin(heads[0], weight, bias)
    return model


def new_classes(student, given, expect, layout):
    net = net_with_head(given, layout)
    weight, bias = given.tensor(net.n_new, net.width), given.tensor(net.n_new)
    model = with_new_head(student, expect, net, weight, bias)
    if model is not None:
        outputs = model.outputs(net.x)
        expect(outputs, "outputs once the new layer has known weights", picture=as_matrix("Outputs"))


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


@hidden_test(weight=1, says="Only the last linear layer is replaced. What else lies in the classifier?")
def test_dropout_is_kept(student, given, expect):
    """The dropout before the head is still there"""
    # No batch norm: train mode then differs from eval mode by the dropout alone.
    p = given.choice([0.3, 0.4, 0.6])
    net = net_with_head(given, "classifier", norm="none", dropout=p)
    picture = net.x[:1]
    features = net.model.part("backbone").outputs(picture)[0]
    bias = given.tensor(net.n_new)
    model = with_new_head(student, expect, net, *selecting(features, bias))
    if model is not None:
        factors, whole = dropout_factors(student, model, picture, bias)
        expect(factors, "by what train mode multiplies a feature", atol=0.02)
        # Two numbers with the right ratio can be made up; this feature of this picture cannot.
        expect(whole, "that feature itself and the bias, in eval mode")


@hidden_test(weight=1, says="Which `requires_grad` does the new layer have, and which do the others have?")
def test_the_new_head_learns_whatever_was_frozen(student, given, expect):
    """The new head learns, whatever was frozen before; the rest stays frozen or not as it was"""
    for layout, frozen in ((given.choice(["fc", "head"]), True), ("classifier", False)):
        net = net_with_head(given, layout)
        student.tools.trainable(net.model, not frozen)
        model = with_new_head(student, expect, net, given.tensor(net.n_new, net.width), given.tensor(net.n_new))
        y = given.labels(10, net.n_new)
        if model is not None:
            before = how_far_from(model.outputs(net.x))
            model.train(net.x, y, steps=3, lr=0.05, training=False)
            state = "frozen" if frozen else "trainable"
            label = f"outputs after three training steps of a model that was {state} before"
            expect(model.outputs(net.x), label, atol=1e-4, shows=before, picture=as_matrix("Outputs"))
