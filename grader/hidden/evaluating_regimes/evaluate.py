"""Hidden tests of `evaluate`."""

from __future__ import annotations

from typing import Any

import torch

from grader.hidden.registry import hidden_test
from grader.student.views import View, as_matrix

ATOL = 1e-4
"""Other sums over the same losses differ by 1e-6 at most."""


def numbers(metrics: Any, *wanted: str) -> dict[str, float]:
    """The named entries as plain numbers."""
    return {name: float(metrics[name]) for name in wanted}


def table(metrics: Any) -> torch.Tensor:
    """The confusion matrix, whatever it is made of."""
    return torch.as_tensor(metrics["confusion"]).double()


def answers(given: Any, n: int, n_classes: int, present: int, share: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits and labels. Only the classes below `present` occur, the first in most rows; `share` are answered rightly.

    Other answers may be any class, so that a class can be answered that does not occur.
    """
    y = torch.tensor([0 if given.random.random() < 0.5 else given.integer(0, present - 1) for _ in range(n)])
    said = [int(label) if given.random.random() < share else given.integer(0, n_classes - 1) for label in y]
    logits = given.tensor(n, n_classes)
    logits[torch.arange(n), torch.tensor(said)] = logits.max(1).values + 1
    return logits, y


@hidden_test(weight=3, says="The last batch is smaller than the others. And in which mode is the model asked?")
def test_numbers_are_means_over_pictures_in_eval_mode(student, given, expect):
    """Loss and accuracy are means over pictures, of the model in eval mode"""
    for sizes in ([7, 7, 2], [1, 9], [4]):
        model = given.tiny_net(dropout=0.5)
        model.mode(True)
        n = sum(sizes)
        x, y = given.tensor(n, model.config.in_channels, 8, 8), given.labels(n, model.config.n_classes)
        seen = student.evaluate(model, list(zip(x.split(sizes), y.split(sizes), strict=True)))
        expect(numbers(seen, "n", "loss", "accuracy"), f"the numbers of batches of {sizes}", atol=ATOL)


@hidden_test(weight=3, says="How much does a rare class count, and one that never occurs?")
def test_every_class_counts_the_same(student, given, expect):
    """The confusion matrix has true classes as rows, and macro F1 gives every class the same share"""
    for missing in (0, 2, 1):
        n_classes = given.integer(4, 6)
        logits, y = answers(given, given.integer(31, 45), n_classes, n_classes - missing, 0.6)
        if missing == 1:
            logits[:, -1] = -9.0  # a class that neither occurs nor is answered
        sizes = [9, 9, len(y) - 18]
        model = student.tools.planned_logits(0.5)
        seen = student.evaluate(model, list(zip(logits.split(sizes), y.split(sizes), strict=True)))
        expect(table(seen), "the confusion matrix", view=as_matrix("Confusion", 6, 6))
        expect(numbers(seen, "macro_f1"), "macro F1", atol=ATOL)


@hidden_test(weight=1, says="What would a model get that gives one answer to everything?")
def test_the_majority_is_of_these_labels(student, given, expect):
    """`majority` is the accuracy of the best constant answer on these pictures"""
    for present in (2, 4):
        logits, y = answers(given, given.integer(23, 41), 5, present, 0.4)
        model = student.tools.planned_logits(0.3)
        seen = student.evaluate(model, student.tools.loader(logits, (y + 1) % 5, batch_size=6))
        expect(numbers(seen, "majority", "n"), "the majority and the number of pictures", atol=ATOL)


@hidden_test(weight=2, says="In which mode was each part of the model before, and in which is it now?")
def test_the_model_is_as_it_was(student, given, expect):
    """Every part of the model is in the mode that it was in, and no number of it has changed"""
    for head, norm in ((True, False), (False, True)):
        model = given.tiny_net(dropout=0.0)
        model.mode(head)
        student.tools.set_part_modes(model, {"backbone.0": norm, "backbone.1": head})
        sizes = [6, 6]
        x, y = given.tensor(12, model.config.in_channels, 8, 8), given.labels(12, model.config.n_classes)
        seen = student.evaluate(model, list(zip(x.split(sizes), y.split(sizes), strict=True)))
        expect(numbers(seen, "loss"), "the loss", atol=ATOL)
        expect(student.tools.read_part_modes(model), "the mode of each part afterwards", view=View(as_modes))
        # Asked as it is, before its numbers are read: what it says depends on the mode of each part.
        expect(model(x), "what the model says then, in the mode that it came in", atol=5e-4)
        expect(model.tensors(), "parameters and statistics afterwards", atol=1e-5)


@hidden_test(
    weight=1, says="What does torch keep of every answer unless it is told not to? And what can learn afterwards?"
)
def test_it_is_asked_without_gradients(student, given, expect):
    """The model is asked without gradients, and can learn afterwards as before"""
    model = given.tiny_net(dropout=0.0)
    x, y = given.tensor(10, model.config.in_channels, 8, 8), given.labels(10, model.config.n_classes)
    student.tools.watch_gradients(model)
    seen = student.evaluate(model, list(zip(x.split(5), y.split(5), strict=True)))
    expect(numbers(seen, "n", "loss"), "the number of pictures and the loss", atol=ATOL)
    expect(student.tools.recorded(model), "answers of the model that kept what a gradient needs")
    model.mode(False)
    model.train(x, y, steps=1, lr=0.5)
    expect(model.tensors(), "the model after one more step of training", atol=1e-4)


def as_modes(parts: dict[str, bool]) -> str:
    """The mode of the model, and of every part that is in another mode than the part around it, in words."""
    words = {True: "train", False: "eval"}
    said = [f"the model {words[parts['']]}"]
    for name, training in parts.items():
        if name and training != parts[name.rpartition(".")[0]]:
            said.append(f"{name} {words[training]}")
    return ", ".join(said)


@hidden_test(weight=1, says="How often do you go through the loader, and what does a model of transformers return?")
def test_any_loader_and_any_model(student, given, expect):
    """Batches that come once, batches of one picture, and models that answer with an object"""
    n_classes = given.integer(3, 5)
    model = student.tools.vit_of(n_classes, given.integer(0, 10**6))
    x, y = given.tensor(8, 1, 8, 8), given.labels(8, n_classes)
    seen = student.evaluate(model, student.tools.stream(x, y, [3, 1, 1, 3]))
    expect(numbers(seen, "n", "macro_f1"), "the numbers of a vision transformer", atol=ATOL)
    expect(table(seen), "its confusion matrix")
