"""Hidden tests of `lp_then_ft`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from grader.hidden.registry import hidden_test
from grader.student.proxy import model_from
from grader.student.views import moved_from

ATOL = 2e-4
"""As in `fine_tune`: other ways of summing differ by 2e-5 at most."""


def run_of(student: Any, given: Any, lp_epochs: int, ft_epochs: int, **config: Any) -> Any:
    """A net in train mode whose parts are partly frozen, a loader that counts, and a config."""
    model = given.tiny_net(dropout=0.0, layout=given.choice(["fc", "classifier", "head"]), **config)
    x = given.tensor(13, model.config.in_channels, 8, 8)
    y = given.labels(13, model.config.n_classes)
    rates = {"lr_head": given.choice([0.3, 0.4, 0.5]), "lr_body": given.choice([0.02, 0.05])}
    cfg = student.tools.settings(lp_epochs=lp_epochs, ft_epochs=ft_epochs, **rates)
    return SimpleNamespace(model=model, train=student.tools.batches(x, y, [5, 5, 3]), cfg=cfg, x=x, y=y)


def after(student, given, expect, lp_epochs, ft_epochs, label):
    run = run_of(student, given, lp_epochs, ft_epochs)
    run.model.mode(True)
    before = run.model.tensors()
    model = model_from(student.lp_then_ft(run.model, run.train, run.cfg), run.model)
    expect(model.tensors(), label, atol=ATOL, view=moved_from(before))
    return run


@hidden_test(weight=2, says="What moves in the body during the probe: parameters, statistics? Who calls train()?")
def test_the_probe_moves_the_head_alone(student, given, expect):
    """In the probe the head alone moves, and no statistic of the body"""
    after(student, given, expect, given.choice([2, 3]), 0, "what moved in a probe without fine-tuning after it")


@hidden_test(weight=2, says="What does the second phase start from, what learns in it, and how fast?")
def test_fine_tuning_starts_from_the_probed_head(student, given, expect):
    """Fine-tuning starts from the probed head and moves everything at its own rate"""
    after(student, given, expect, 2, given.choice([1, 2]), "what moved in both phases")


@hidden_test(weight=1, says="What is left if there is no probe?")
def test_without_a_probe_it_is_fine_tuning(student, given, expect):
    """Without epochs of the probe it is fine-tuning of everything"""
    after(student, given, expect, 0, 2, "what moved in fine-tuning without a probe before it")


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
