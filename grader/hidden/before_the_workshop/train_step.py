"""Hidden tests of `train_step`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch

from grader.hidden.registry import hidden_test
from grader.student.views import moved_from


def pictures(student: Any, given: Any, count: int, **config: Any) -> Any:
    """A small network without dropout, and a batch for it."""
    model = given.tiny_net(dropout=0.0, **config)
    student.tools.leave_gradients(model, None)  # those of its pretraining
    n_classes = model.config.n_classes
    x = given.tensor(count, model.config.in_channels, 8, 8)
    return SimpleNamespace(model=model, x=x, y=given.labels(count, n_classes))


def rows(student: Any, given: Any) -> Any:
    """A network in double precision with a layer that nothing depends on and a weight in two places, and a batch."""
    width, n_classes, count = given.integer(4, 9), given.integer(3, 6), given.integer(5, 12)
    model = student.tools.with_spare(width, n_classes)
    return SimpleNamespace(
        model=model, x=given.tensor(count, width, dtype=torch.float64), y=given.labels(count, n_classes)
    )


def stepped(student: Any, given: Any, expect: Any, net: Any, label: str, steps: int = 1) -> None:
    """The whole state after some steps."""
    before = net.model.tensors()
    for _ in range(steps):
        student.train_step(net.model, net.x, net.y, given.choice([0.05, 0.1, 0.3]))
    expect(net.model.tensors(), label, view=moved_from(before))


@hidden_test(weight=2, says="Take one weight with the gradient 2 and the rate 0.1. Where should it be after the step?")
def test_one_step(student, given, expect):
    """One step moves each parameter against its gradient, as far as the rate says"""
    stepped(student, given, expect, pictures(student, given, given.integer(6, 12)), "the model after one step")
    stepped(student, given, expect, pictures(student, given, 1, norm="group"), "the model after a step on one picture")
    stepped(student, given, expect, rows(student, given), "a model in double precision after one step")


@hidden_test(
    weight=2, says="Print a gradient before your step and after `backward()`. Which part of it is of this batch?"
)
def test_earlier_gradients_do_not_count(student, given, expect):
    """Gradients of earlier steps do not count, whoever left them"""
    net = pictures(student, given, given.integer(6, 12))
    stepped(student, given, expect, net, "the model after three steps", steps=3)
    net = rows(student, given)
    student.tools.leave_gradients(net.model, 1.0)
    stepped(student, given, expect, net, "the model after two steps, where gradients had been left before", steps=2)


@hidden_test(weight=1, says="Which loss is to be returned: that of the model before the step or after it? Mean or sum?")
def test_the_loss_before_the_step(student, given, expect):
    """What is returned is the mean loss from before the step"""
    net = pictures(student, given, given.integer(6, 12), norm="group")
    for times in ("first", "second", "third"):
        loss = student.train_step(net.model, net.x, net.y, 0.5)
        expect(torch.as_tensor(loss).double().reshape(()), f"the loss of the {times} step")
    net = pictures(student, given, 1)
    loss = torch.as_tensor(student.train_step(net.model, net.x, net.y, 0.2))
    expect(loss.double().reshape(()), "the loss of a step on one picture")


@hidden_test(weight=1, says="Does the model go on in the mode that it came in? How often do you call it in one step?")
def test_the_mode_is_the_callers(student, given, expect):
    """The model is called once, in the mode that it is in, and stays in it"""
    for training in (True, False):
        net = pictures(student, given, given.integer(6, 12), norm="batch")
        net.model.mode(training)
        word = "train" if training else "eval"
        stepped(student, given, expect, net, f"the model after two steps in {word} mode", steps=2)
        student.tools.one_more_step(net.model, student.tools.optimizer_of.kept(net.model, 0.1), net.x, net.y)
        expect(net.model.buffers(), f"running statistics after one more pass, begun in {word} mode")


@hidden_test(
    weight=2, says="May a frozen layer move? Do the same parameters, in the same model, go on learning afterwards?"
)
def test_frozen_layers_and_later_steps(student, given, expect):
    """Frozen layers stay, and afterwards everybody who held the parameters can go on with them"""
    net = pictures(student, given, given.integer(6, 12))
    before = net.model.tensors()
    optimizer = student.tools.optimizer_of.kept(net.model, 0.2)
    student.tools.leave_gradients(net.model, 1.0)
    student.tools.trainable(net.model.part("backbone.0"), False)
    stepped(student, given, expect, net, "the model after a step with a frozen layer")
    student.tools.one_more_step(net.model, optimizer, net.x, net.y)
    expect(net.model.tensors(), "the model after one more step by its old optimizer", view=moved_from(before))
    student.tools.trainable(net.model, True)
    stepped(student, given, expect, net, "the model after a step with nothing frozen")
