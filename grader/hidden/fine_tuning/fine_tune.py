"""Hidden tests of `fine_tune`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from torch import Tensor

from grader.hidden.registry import hidden_test
from grader.student.given import Given
from grader.student.proxy import Student
from grader.student.views import as_curves, moved_from

ATOL = 2e-4
"""Over twenty keys, the same loop written with other sums differs by 2e-5 at most after eight epochs."""


OTHER_KINDS = (("vit", "float32"), ("resnet", "float32"), ("net", "float64"))
"""Models besides the TinyNet of single precision: kinds of the zoo, and their precision."""


def run_of(
    student: Student, given: Given, epochs: int, patience: int, noise: bool = False, lr: float = 0.1, **config: Any
) -> Any:
    """A net, loaders with ragged batches, and a config. With `noise` the labels are random, so that it overfits."""
    model = given.tiny_net(dropout=0.0, **config)
    n, channels, classes = 17, model.config.in_channels, model.config.n_classes
    x, y = given.tensor(n, channels, 8, 8), given.labels(n, classes)
    x_val, y_val = given.tensor(11, channels, 8, 8), given.labels(11, classes)
    if not noise:
        x_val, y_val = x[:11] + 0.1 * given.tensor(11, channels, 8, 8), y[:11]
    return SimpleNamespace(
        model=model,
        train=student.tools.batches(x, y, [6, 6, 5]),
        val=student.tools.batches(x_val, y_val, [8, 2, 1]),
        cfg=student.tools.settings(lr=lr, epochs=epochs, patience=patience),
        x=x,
    )


def run_of_kind(student: Student, given: Given, kind: str, dtype: str) -> Any:
    """A model of the zoo whose lowest block is frozen, loaders with ragged batches, and a config for three epochs."""
    model = given.model(kind, dtype)
    student.tools.trainable(model.part(model.config.lowest), False)
    x, x_val, classes = given.inputs(model, 9), given.inputs(model, 7), model.config.n_classes
    return SimpleNamespace(
        model=model,
        train=student.tools.batches(x, given.labels(9, classes), [4, 4, 1]),
        val=student.tools.batches(x_val, given.labels(7, classes), [3, 4]),
        cfg=student.tools.settings(lr=0.05, epochs=3, patience=9),
    )


def by_kind(history: Any) -> dict[str, list[float]]:
    """The history column by column."""
    return {kind: [float(epoch[kind]) for epoch in history] for kind in ("train_loss", "val_loss", "val_accuracy")}


def fine_tuned(student: Student, run: Any) -> tuple[dict[str, Tensor], dict[str, list[float]]]:
    best, history = student.fine_tune(run.model, run.train, run.val, run.cfg)
    return dict(best), by_kind(history)


@hidden_test(
    weight=2, says="A mean over pictures is not a mean of the means of batches. And in which mode is validation?"
)
def test_the_history_is_that_of_plain_training(student, given, expect):
    """Losses and accuracies of each epoch are means over pictures, validation in eval mode"""
    run = run_of(student, given, epochs=4, patience=9)
    _, history = fine_tuned(student, run)
    expect(history, "the history", atol=ATOL, view=as_curves("Validation loss", "val_loss", "epoch"))
    for kind, dtype in OTHER_KINDS:
        run = run_of_kind(student, given, kind, dtype)
        before = run.model.tensors()
        _, history = fine_tuned(student, run)
        of = run.model.config.words
        expect(history, f"the history of {of}", atol=ATOL, view=as_curves("Validation loss", "val_loss", "epoch"))
        expect(run.model.tensors(), f"what moved in {of}, its lowest block frozen", atol=ATOL, view=moved_from(before))


@hidden_test(weight=3, says="Print the state you keep, now and an epoch later. Is it the same?")
def test_the_best_state_is_the_one_of_the_lowest_validation_loss(student, given, expect):
    """What is returned is the state of the epoch with the lowest validation loss, not the last"""
    run = run_of(student, given, epochs=8, patience=9, noise=True, lr=0.3)
    before = run.model.tensors()
    best, _ = fine_tuned(student, run)
    expect(best, "the best state, compared with the start", atol=ATOL, view=moved_from(before))
    # Validation is planned: one picture of nine is right at first, and then none, but at a lower loss.
    run = run_of(student, given, epochs=3, patience=9, lr=0.02)
    before = run.model.tensors()
    x = given.tensor(9, run.model.config.in_channels, 8, 8)
    run.val = student.tools.planned_batches(run.model, x, [8, -1, 9])
    best, _ = fine_tuned(student, run)
    expect(best, "the best state of a run in which loss and accuracy disagree", atol=ATOL, view=moved_from(before))
    # Here the last epoch is the best: whether its state is a copy shows when the model trains on.
    run = run_of(student, given, epochs=2, patience=9, lr=0.02)
    before = run.model.tensors()
    run.val = student.tools.planned_batches(run.model, run.x, [9, 0])
    best = student.tools.first_of.kept(student.fine_tune.kept(run.model, run.train, run.val, run.cfg))
    run.model.train(run.x, given.labels(17, run.model.config.n_classes), steps=1, lr=0.5)
    label = "the best state, after the model was trained on"
    expect(student.tools.read_tensors(best), label, atol=ATOL, view=moved_from(before))


@hidden_test(weight=1, says="After how many epochs without a lower loss is it enough?")
def test_patience_ends_it(student, given, expect):
    """Training ends when the validation loss has not been lower for `patience` epochs"""
    run = run_of(student, given, epochs=12, patience=given.choice([2, 3]), noise=True, lr=0.3)
    _, history = fine_tuned(student, run)
    expect(history, "the history", atol=ATOL, view=as_curves("Validation loss", "val_loss", "epoch"))
    expect(run.train.passes, "how often the training pictures were gone through")
    # The weights stand still, so that the losses are as planned: lower, higher, equal to the lowest.
    run = run_of(student, given, epochs=11, patience=2, lr=0.0, norm="group")
    x = given.tensor(9, run.model.config.in_channels, 8, 8)
    run.val = student.tools.planned_batches(run.model, x, [5, 6, 3, 4, 3, 3, 2, 1])
    _, history = fine_tuned(student, run)
    expect(history["val_loss"], "the validation losses of a run that goes up and down", atol=ATOL)


@hidden_test(
    weight=1, says="Who changes buffers during validation, and in which mode does the caller get the model back?"
)
def test_validation_leaves_the_model_alone(student, given, expect):
    """The model ends in the state of the last update, in the mode that it came in"""
    for training in (True, False):
        run = run_of(student, given, epochs=8, patience=9, noise=True, lr=0.3)
        student.tools.trainable(run.model.part("backbone.0"), training)
        run.model.mode(training)
        before = run.model.tensors()
        fine_tuned(student, run)
        came = "train" if training else "eval"
        # Asked as it is, before its tensors are read: the answer depends on the mode.
        expect(run.model(run.x), f"what a model says then that came in {came} mode", atol=5e-4)
        label = f"parameters and statistics of a model that came in {came} mode"
        expect(run.model.tensors(), label, atol=ATOL, view=moved_from(before))
    # Patience ends this one after the second epoch.
    run = run_of(student, given, epochs=5, patience=1, lr=0.02)
    run.val = student.tools.planned_batches(run.model, given.tensor(9, run.model.config.in_channels, 8, 8), [0, 9])
    run.model.mode(True)
    fine_tuned(student, run)
    expect(run.model(run.x), "what a model says that came in train mode, after a run that patience ended", atol=5e-4)
