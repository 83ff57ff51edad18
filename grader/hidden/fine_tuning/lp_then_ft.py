"""Hidden tests of `lp_then_ft`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from grader.hidden.registry import hidden_test
from grader.student.expect import Expect
from grader.student.given import Given
from grader.student.proxy import Student, model_from
from grader.student.views import moved_from

ATOL = 2e-4
"""As in `fine_tune`: other ways of summing differ by 2e-5 at most."""
OTHER_KINDS = (("vit", "float32"), ("resnet", "float32"), ("net", "float64"))
"""Models besides the TinyNet of single precision: kinds of the zoo, and their precision."""


def run_of(
    student: Student, given: Given, lp_epochs: int, ft_epochs: int, kind: str = "", dtype: str = "float32"
) -> Any:
    """A net, or a model of the zoo if a kind is given; a loader that counts, and a config."""
    if kind:
        model = given.model(kind, dtype)
        x = given.inputs(model, 13)
    else:
        model = given.tiny_net(dropout=0.0, layout=given.choice(["fc", "classifier", "head"]))
        x = given.tensor(13, model.config.in_channels, 8, 8)
    y = given.labels(13, model.config.n_classes)
    rates = {"lr_head": given.choice([0.3, 0.4, 0.5]), "lr_body": given.choice([0.02, 0.05])}
    cfg = student.tools.settings(lp_epochs=lp_epochs, ft_epochs=ft_epochs, **rates)
    return SimpleNamespace(model=model, train=student.tools.batches(x, y, [5, 5, 3]), cfg=cfg, x=x, y=y)


def look_at(student: Student, expect: Expect, run: Any, label: str) -> None:
    """What moved in a run that began in train mode."""
    run.model.mode(True)
    before = run.model.tensors()
    model = model_from(student.lp_then_ft(run.model, run.train, run.cfg), run.model)
    expect(model.tensors(), label, atol=ATOL, view=moved_from(before))


@hidden_test(weight=2, says="What moves in the body during the probe: parameters, statistics? Who calls train()?")
def test_the_probe_moves_the_head_alone(student, given, expect):
    """In the probe the head alone moves, and no statistic of the body"""
    run = run_of(student, given, given.choice([2, 3]), 0)
    look_at(student, expect, run, "what moved in a probe without fine-tuning after it")
    for kind, dtype in OTHER_KINDS:
        run = run_of(student, given, 2, 0, kind, dtype)
        look_at(student, expect, run, f"what moved in a probe of {run.model.config.words}")


@hidden_test(weight=2, says="What does the second phase start from, what learns in it, and how fast?")
def test_fine_tuning_starts_from_the_probed_head(student, given, expect):
    """Fine-tuning starts from the probed head and moves everything at its own rate"""
    look_at(student, expect, run_of(student, given, 2, given.choice([1, 2])), "what moved in both phases")
    for kind, dtype in OTHER_KINDS:
        run = run_of(student, given, 1, 1, kind, dtype)
        look_at(student, expect, run, f"what moved in both phases in {run.model.config.words}")


@hidden_test(weight=1, says="What is left if there is no probe?")
def test_without_a_probe_it_is_fine_tuning(student, given, expect):
    """Without epochs of the probe it is fine-tuning of everything"""
    run = run_of(student, given, 0, 2)
    look_at(student, expect, run, "what moved in fine-tuning without a probe before it")


@hidden_test(weight=1, says="How many passes did the config ask for, in all?")
def test_no_more_passes_than_asked_for(student, given, expect):
    """The budget is kept: as many passes as asked for, and the same numbers from a model that was partly frozen"""
    run = run_of(student, given, 1, 2)
    student.tools.trainable(run.model.part("backbone.0"), False)
    before = run.model.tensors()
    student.lp_then_ft(run.model, run.train, run.cfg)
    # Features may be computed once for the probe: that is a pass, too.
    expect.that(run.train.passes in (2, 3), "the training pictures are gone through three times at most")
    # Asked as it is, before its tensors are read: the answer depends on the mode.
    expect(run.model(run.x), "what the model then says, in the mode that it was left in", atol=5e-4)
    expect(
        run.model.tensors(), "what moved in a model that was partly frozen before", atol=ATOL, view=moved_from(before)
    )


@hidden_test(weight=1, says="Which parameters can learn when your function is done?")
def test_everything_can_learn_afterwards(student, given, expect):
    """After it every parameter can learn, also if there was no fine-tuning"""
    for epochs in ((1, 0), (1, 1)):
        run = run_of(student, given, *epochs)
        student.lp_then_ft(run.model, run.train, run.cfg)
        before = run.model.tensors()
        run.model.train(run.x, run.y, steps=1, lr=0.3)
        expect(run.model.tensors(), "what moves in one more step afterwards", atol=ATOL, view=moved_from(before))
