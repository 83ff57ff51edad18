"""Hidden tests of `unfreeze_top`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from grader.hidden.registry import hidden_test
from grader.student.expect import Expect
from grader.student.given import Given
from grader.student.proxy import Student
from grader.student.views import moved_from


def probed(student: Student, given: Given, blocks: int, momentum: float = 0.0, **config: Any) -> Any:
    """A net whose head alone has learned for a while, and its optimizer."""
    layout = given.choice(["fc", "head"])
    widths = [given.choice([4, 6, 8]) for _ in range(blocks)]
    model = given.tiny_net(widths=widths, layout=layout, dropout=0.0, **config)
    student.tools.norm_in_head(model, layout)
    optimizer = student.tools.head_optimizer(model, layout, given.choice([0.2, 0.3, 0.4]), momentum)
    size = 2**blocks * given.choice([1, 2])
    x, y = given.tensor(10, model.config.in_channels, size, size), given.labels(10, model.config.n_classes)
    student.tools.steps(model, optimizer, x, y, 2)
    return SimpleNamespace(model=model, optimizer=optimizer, x=x, y=y)


def probed_kind(student: Student, given: Given, kind: str, dtype: str) -> Any:
    """The same with a model of the zoo, its head as it is."""
    model = given.model(kind, dtype)
    optimizer = student.tools.head_optimizer(model, model.config.head, given.choice([0.2, 0.3, 0.4]), 0.0)
    x, y = given.inputs(model, 10), given.labels(10, model.config.n_classes)
    student.tools.steps(model, optimizer, x, y, 2)
    return SimpleNamespace(model=model, optimizer=optimizer, x=x, y=y)


def go_on(student: Student, net: Any, expect: Expect, label: str, atol: float = 2e-5) -> None:
    before = net.model.tensors()
    student.tools.steps(net.model, net.optimizer, net.x, net.y, 3)
    expect(net.model.tensors(), label, atol=atol, view=moved_from(before))


@hidden_test(weight=3, says="Which blocks are at the top, who has to know of them, and how fast shall they learn?")
def test_the_top_blocks_learn_slowly(student, given, expect):
    """The top k blocks learn at a tenth of the head's rate, the others stay put"""
    for k in (1, 2):
        net = probed(student, given, 3, norm="group")
        student.unfreeze_top(net.model, net.optimizer, k)
        go_on(student, net, expect, f"parameters after three more steps, {k} of 3 blocks thawed")
        before = net.model.tensors()
        after = net.model.train(net.x, net.y, steps=2, lr=0.05, training=False).tensors()
        label = f"parameters after two steps of an optimizer that was given all of them, {k} of 3 blocks thawed"
        expect(after, label, atol=1e-4, view=moved_from(before))
    for kind, dtype in (("vit", "float32"), ("bert", "float32"), ("net", "float64")):
        net = probed_kind(student, given, kind, dtype)
        blocks = net.model.config.blocks
        k = given.integer(1, blocks)
        student.unfreeze_top(net.model, net.optimizer, k)
        label = f"parameters of {net.model.config.words} after three more steps, {k} of {blocks} blocks thawed"
        go_on(student, net, expect, label, atol=1e-4)


@hidden_test(weight=2, says="In which mode is batch norm in a block that learns, and in one that does not?")
def test_norms_move_in_thawed_blocks_only(student, given, expect):
    """Batch-norm statistics move in thawed blocks and stand still in frozen ones"""
    net = probed(student, given, 3, norm="batch")
    student.unfreeze_top(net.model, net.optimizer, given.choice([1, 2]))
    go_on(student, net, expect, "parameters and statistics after three more steps", atol=1e-4)
    net = probed_kind(student, given, "resnet", "float32")
    student.unfreeze_top(net.model, net.optimizer, given.choice([1, 2]))
    label = "parameters and statistics of transformers' ResNet after three more steps"
    go_on(student, net, expect, label, atol=1e-4)


@hidden_test(weight=2, says="What does the optimizer know already, and what has it to learn of?")
def test_a_larger_k_later_adds_what_is_new(student, given, expect):
    """Called again with a larger k, it adds the new blocks and nothing twice"""
    net = probed(student, given, 3, norm="group")
    rates = given.distinct(3, 2, 9)
    for k, tenths in zip((0, 1, 3), rates, strict=True):
        student.tools.rate(net.optimizer, tenths / 10)
        student.unfreeze_top(net.model, net.optimizer, k)
        go_on(student, net, expect, f"parameters after three more steps, {k} of 3 blocks thawed", atol=1e-4)


@hidden_test(weight=1, says="What does an optimizer with momentum know of the head that a new one does not?")
def test_the_momentum_of_the_head_stays(student, given, expect):
    """What the optimizer remembers of the head is kept"""
    net = probed(student, given, 2, momentum=0.9, norm="group")
    student.unfreeze_top(net.model, net.optimizer, 1)
    go_on(student, net, expect, "parameters after three more steps with momentum", atol=1e-4)
