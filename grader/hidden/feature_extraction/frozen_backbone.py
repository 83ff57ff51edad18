"""Hidden tests of `frozen_backbone`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch

from grader.hidden.feature_extraction.setups import OUTPUTS, dropout_factors, more_pictures, not_so, selecting
from grader.hidden.registry import hidden_test
from grader.student.expect import Expect
from grader.student.given import Given
from grader.student.proxy import Model, Student
from grader.student.views import moved_from, outputs_from


def two_parts(student: Student, given: Given, dropout: float) -> Any:
    """A pretrained backbone with frozen parameters, a head behind dropout, and a batch."""
    net = given.tiny_net(layout="classifier", dropout=dropout)
    backbone, head = net.part("backbone"), net.part("classifier")
    student.tools.trainable(backbone, False)
    width, n_classes = net.config.widths[-1], net.config.n_classes
    # Not the distribution of the pretraining: batch statistics would differ from the running ones.
    x = 1.5 * given.tensor(12, net.config.in_channels, 8, 8) - 0.5
    parts = SimpleNamespace(backbone=backbone, head=head, n_classes=n_classes, x=x, y=given.labels(12, n_classes))
    parts.weight, parts.bias = given.tensor(n_classes, width), given.tensor(n_classes)
    return parts


def pin_head(student: Student, model: Model, parts: Any) -> None:
    """Set the head's linear layer, wherever the model keeps it, to hidden numbers."""
    (linear,) = student.tools.linears(model, parts.n_classes)
    student.tools.pin(linear, parts.weight, parts.bias)


def built(model: Any, expect: Expect) -> Model:
    """The model, where it is one."""
    if not isinstance(model, Model):
        not_so(expect, "FrozenBackbone(backbone, head) makes an nn.Module")
    return model


def held_by(norms: list[Model]) -> dict[str, torch.Tensor]:
    """What the batch-norm layers hold now, by name."""
    return {f"norm {i}.{name}": value for i, norm in enumerate(norms, 1) for name, value in norm.tensors().items()}


@hidden_test(weight=2, says="What does batch norm do in train mode, even where its parameters are frozen?")
def test_statistics_stay_as_they_were_pretrained(student, given, expect):
    """Batch-norm statistics stay as they were through epochs of training"""
    parts = two_parts(student, given, dropout=0.0)
    norms = [parts.backbone.part(path) for path in ("0.1", "1.1")]
    model = built(student.FrozenBackbone(parts.backbone, parts.head), expect)
    before = held_by(norms)
    model.train(parts.x, parts.y, steps=3, lr=0.1)
    expect(held_by(norms), "what moved in the batch-norm layers in three epochs", view=moved_from(before))
    pin_head(student, model, parts)
    label = "outputs after that, with known weights in the head"
    expect(model.outputs(parts.x), label, view=OUTPUTS)
    # Statistics that stand still because nobody uses them any more: seen by what the next epoch is answered with, on
    # pictures that were not there before, so that no earlier answer will do.
    label = "outputs in the next epoch, normalised with these statistics"
    expect(model.outputs(more_pictures(given, parts.x), training=True), label, view=OUTPUTS)


@hidden_test(weight=2, says="In which mode is the backbone when the whole is in train mode?")
def test_a_sample_does_not_depend_on_its_batch_mates(student, given, expect):
    """In train mode, too, a sample's answer does not depend on its batch mates"""
    parts = two_parts(student, given, dropout=0.0)
    model = built(student.FrozenBackbone(parts.backbone, parts.head), expect)
    pin_head(student, model, parts)
    for mates in (parts.x[:5], parts.x[[0, 7, 9]]):
        answer = model.outputs(mates, training=True)[0]
        expect(answer, f"the answer in train mode for one sample in a batch of {len(mates)}")


@hidden_test(weight=2, says="What does the head learn from: the features that it will get later?")
def test_the_head_learns_from_the_frozen_features(student, given, expect):
    """The head learns from the features that it will get in eval mode"""
    parts = two_parts(student, given, dropout=0.0)
    model = built(student.FrozenBackbone(parts.backbone, parts.head), expect)
    pin_head(student, model, parts)
    before = model.outputs(parts.x)
    model.train(parts.x, parts.y, steps=3, lr=0.1)
    expect(model.outputs(parts.x), "outputs after three steps", atol=1e-4, view=outputs_from(before))


@hidden_test(weight=1, says="The head has a mode of its own.")
def test_the_heads_dropout_is_still_active(student, given, expect):
    """The head's own dropout is active in train mode, and only that"""
    parts = two_parts(student, given, dropout=given.choice([0.3, 0.4, 0.6]))
    picture = parts.x[:1]
    features = parts.backbone.outputs(picture)[0]
    model = built(student.FrozenBackbone(parts.backbone, parts.head), expect)
    parts.weight, parts.bias = selecting(features, given.tensor(parts.n_classes))
    pin_head(student, model, parts)
    factors, whole = dropout_factors(model, picture, parts.bias)
    expect(factors, "by what train mode multiplies a feature", atol=0.02)
    # Two numbers with the right ratio can be made up; this feature of this picture cannot.
    expect(whole, "that feature itself and the bias, in eval mode")


@hidden_test(weight=1, says="In which mode may the backbone have been when it was handed over?")
def test_frozen_from_the_moment_it_is_built(student, given, expect):
    """The backbone is frozen from the moment it is built, before anybody calls train() or eval()"""
    parts = two_parts(student, given, dropout=0.0)
    parts.backbone.mode(True)
    model = built(student.FrozenBackbone(parts.backbone, parts.head), expect)
    pin_head(student, model, parts)
    expect(model(parts.x), "outputs of a model that was just built", view=OUTPUTS)


@hidden_test(weight=2, says="Which layers, besides batch norm on pictures, do something else in train mode?")
def test_every_layer_of_the_backbone_is_in_eval_mode(student, given, expect):
    """The backbone's dropout and its other norms behave as in eval mode, too, in two models at once"""
    models, pictures = [], []
    for _ in range(2):
        channels, width, n_out = given.choice([1, 2]), given.choice([9, 11]), given.integer(3, 6)
        backbone = student.tools.backbone_with_dropout(channels, width)
        models.append(built(student.FrozenBackbone(backbone, student.tools.linear(width, n_out)), expect))
        pictures.append(2 * given.tensor(6, channels, 6, 6) - 0.5)
    for i, (model, x) in enumerate(zip(models, pictures, strict=True)):
        label = f"outputs of model {i + 1} in train mode, with dropout and norms in the backbone"
        expect(model.outputs(x, training=True), label, view=OUTPUTS)
        label = f"outputs of model {i + 1} in eval mode after that"
        expect(model.outputs(x + 0.1), label, view=OUTPUTS)


@hidden_test(weight=2, says="Which layers of the head have a mode, at whatever depth?")
def test_every_layer_of_the_head_follows(student, given, expect):
    """All layers of the head follow the mode: those inside others, and its batch norm; from the start on"""
    net = two_parts(student, given, dropout=0.0)
    width = net.weight.shape[1]
    x = net.x
    for kind in ("dropout inside", "batch norm"):
        head = student.tools.head_with_modes(kind, width, net.n_classes)
        model = built(student.FrozenBackbone(net.backbone, head.mode(True)), expect)
        training = student.tools.is_training(model)
        expect.that(
            student.tools.differs_by_mode(model, x, kind) is training, f"a new model is in one mode, head with {kind}"
        )
        student.tools.call_train(model)
        active = student.tools.differs_by_mode(model, x, kind)
        expect(active, f"whether `model.train()` makes the {kind} active")
        model.mode(False)
        expect(student.tools.differs_by_mode(model, x, kind), f"whether `model.eval()` leaves the {kind} active")
        expect(model.outputs(x), f"outputs in eval mode, head with {kind}", atol=1e-4, view=OUTPUTS)


@hidden_test(weight=1, says="How does an nn.Module get to know of its parts?")
def test_its_state_dict_holds_both_parts(student, given, expect):
    """What `state_dict()` holds is all that another model of these layers needs"""
    channels, width, n_out = given.choice([1, 2]), given.choice([9, 11]), given.integer(3, 6)
    models = [
        built(
            student.FrozenBackbone(
                student.tools.backbone_with_dropout(channels, width), student.tools.linear(width, n_out)
            ),
            expect,
        )
        for _ in range(2)
    ]
    student.tools.load_state_of(models[1], models[0])
    x = given.tensor(6, channels, 6, 6)
    for model in models:
        expect(model.outputs(x), "outputs of a model and of one that loaded its state", view=OUTPUTS)
