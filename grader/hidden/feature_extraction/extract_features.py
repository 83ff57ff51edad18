"""Hidden tests of `extract_features`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch

from grader.hidden.feature_extraction.setups import FEATURES, more_pictures, not_so
from grader.hidden.registry import hidden_test
from grader.student.answers import LearnerError
from grader.student.expect import Expect
from grader.student.given import Given
from grader.student.proxy import Model, Student
from grader.student.tensors import as_tensor
from grader.student.views import as_matrix, moved_from


def pictures_to_extract(given: Given, count: int, **config: Any) -> Any:
    """A net, pictures with a label each that no other has, and the features that belong to them."""
    net = given.tiny_net(**config)
    x = 1.5 * given.tensor(count, net.config.in_channels, 8, 8) - 0.5
    # Far apart and large, so that no smaller type holds them.
    y = torch.tensor(given.distinct(count, 2**25, 2**40))
    known = net.part("backbone").outputs(x)
    net.mode(False)
    return SimpleNamespace(net=net, x=x, y=y, known=known)


def learns_twice(student: Student, answer: Any, head: Model, net: Model, y: torch.Tensor) -> bool:
    """Whether a head can learn twice from the features in `answer`, an optimizer having the net's parameters too."""
    try:
        student.tools.learn_from(answer, head, net, y, steps=2, lr=0.5)
    except LearnerError as error:
        if error.kind != "RuntimeError":  # torch's, where a graph that is gone would be gone through again
            raise
        return False
    return True


def as_pair(answer: Any, expect: Expect) -> tuple[torch.Tensor, torch.Tensor]:
    """Features and labels as tensors, where the answer is a pair of tensors or arrays."""
    try:
        features, labels = map(as_tensor, answer)
    except (TypeError, ValueError, LearnerError):
        not_so(expect, "extract_features returns a pair (F, y) of two tensors or arrays")
    return features, labels


def extracted(student: Student, model: Any, loader: Any, kept: bool = False) -> Any:
    """The answer, or with `kept` a handle of it. Afterwards gradients are recorded as before, whatever it did."""
    switch = student.tools.grad_switch()
    on = switch(True)
    try:
        asked = student.extract_features.kept if kept else student.extract_features
        return asked(model, loader)
    finally:
        switch(on)


def in_one_order(features: torch.Tensor) -> torch.Tensor:
    """The rows sorted by a weighted sum of their entries, so that the order in which they came does not matter."""
    weights = torch.cos(torch.arange(1, features.shape[1] + 1, dtype=torch.float64))
    return features[(features.double() @ weights).argsort()]


def beside_own_labels(features: torch.Tensor, labels: torch.Tensor, given: Any) -> bool:
    """Whether each row of features stands beside the label of the picture that it is the nearest to."""
    nearest = torch.cdist(features.double(), given.known.double()).argmin(1)
    return labels.shape == nearest.shape and bool((labels == given.y[nearest]).all())


@hidden_test(weight=3, says="What has to come from the same batch, and from which batches?")
def test_every_picture_once_beside_its_own_label(student, given, expect):
    """Each picture's features are there once, beside its own label, when the loader shuffles"""
    some = pictures_to_extract(given, given.choice([17, 18, 19]))
    # Labels are judged by it, so it has to be right.
    expect(some.known, "what the backbone itself says of the pictures")
    loader = student.tools.loader(some.x, some.y, batch_size=5, shuffle=True)
    features, labels = as_pair(extracted(student, some.net, loader), expect)
    if expect(list(features.shape), "shape of the features", equals=list(some.known.shape)):
        expect(in_one_order(features), "the features, sorted", view=as_matrix("Features, sorted", rows=6, columns=8))
        expect.that(beside_own_labels(features, labels, some), "each row of features stands beside its own label")


@hidden_test(weight=2, says="In which mode must the model be, and in which does its owner want it back?")
def test_eval_mode_and_back(student, given, expect):
    """Features are those of eval mode, whatever mode the model came in and goes back to"""
    some = pictures_to_extract(given, 12, dropout=0.0)
    loader = student.tools.loader(some.x, some.y, batch_size=4)
    for training in (True, False):
        some.net.mode(training)
        before = some.net.buffers()
        features, _ = as_pair(extracted(student, some.net, loader), expect)
        came = "train" if training else "eval"
        expect(features, f"features of a model that came in {came} mode", view=FEATURES)
        moved = f"statistics that moved, of a model that came in {came} mode"
        expect(some.net.buffers(), moved, view=moved_from(before))
        expect(
            some.net.training, f"whether a model is in train mode afterwards that came in {came} mode", equals=training
        )
        expect(some.net(some.x), f"what a model answers afterwards that came in {came} mode")


@hidden_test(weight=2, says="A last batch may be smaller than the others, even a single picture.")
def test_batch_size_does_not_matter(student, given, expect):
    """The same features, in the loader's order, for any batch size"""
    some = pictures_to_extract(given, 13)
    for batch_size in (4, 5, 13):
        loader = student.tools.loader(some.x, some.y, batch_size=batch_size)
        some.net.mode(True)
        features, labels = as_pair(extracted(student, some.net, loader), expect)
        expect(features, f"features with batches of {batch_size}", view=FEATURES)
        expect(labels, f"labels with batches of {batch_size}", equals=some.y)
        whole = labels.dtype == torch.int64
        expect.that(whole, "labels are whole numbers of the type that they came in (int64): a loss takes no others")


@hidden_test(weight=1, says="What is needed only for a backward pass need not be kept.")
def test_no_graph_is_kept(student, given, expect):
    """The features do not drag a graph along"""
    some = pictures_to_extract(given, 9)
    backbone, width, n_classes = some.net.part("backbone"), some.net.config.widths[-1], 5
    loader = student.tools.loader(some.x, some.y, batch_size=4)
    answer = extracted(student, some.net, loader, kept=True)
    expect(as_pair((answer[0], answer[1]), expect)[0], "the features")
    # What a graph does: while a head learns from the features, it moves the backbone along, and it does so once only.
    head = student.tools.linear(width, n_classes)
    student.tools.pin(head, given.tensor(n_classes, width), given.tensor(n_classes))
    learned = learns_twice(student, answer, head, some.net, given.labels(len(some.y), n_classes))
    expect.that(learned, "what was returned carries no graph for a backward pass")
    # On pictures that were not there before, so that no earlier answer will do.
    features = backbone.outputs(more_pictures(given, some.x))
    expect(features, "what the backbone says once a head has learned from what was returned")
    expect(head.outputs(features), "what that head says")


@hidden_test(weight=2, says="Which pictures count: those of a data set, or those that the loader gives?")
def test_any_loader_and_any_model(student, given, expect):
    """Only what the loader gives counts, whatever loader it is, and only `model.features`, whatever model it is"""
    some = pictures_to_extract(given, 11)
    width = some.net.config.widths[-1]
    seer = student.tools.seer(some.net, width, given.integer(3, 6))
    ragged = [[4], [0, 1, 2], [9, 5, 3, 10], [6, 7]]
    rows = [row for batch in ragged for row in batch]
    for once, which in ((False, "that can be gone through twice"), (True, "that can be gone through only once")):
        stream = student.tools.loose_batches(some.x, some.y, ragged, once=once)
        features, labels = as_pair(extracted(student, some.net, stream), expect)
        expect(features, f"features of batches {which}", view=FEATURES)
        expect(labels, f"labels of batches {which}", equals=some.y[rows])
        expect(stream.passes, "how often the loader was gone through", equals=1)
    drawn = [*given.distinct(9, 0, 10), 3, 3]
    loader = student.tools.drawing_loader(some.x, some.y, drawn, batch_size=3, brighter=0.5)
    features, labels = as_pair(extracted(student, seer.mode(True), loader), expect)
    expect(features, "features of a model without a part called backbone", view=FEATURES)
    expect(labels, "labels of the pictures that a loader drew", equals=some.y[drawn[:9]])
    expect(loader.passes, "how often a DataLoader was gone through", equals=1)


@hidden_test(
    weight=2, says="Whose are the model, the pictures and the labels, and what does their owner do with them next?"
)
def test_all_else_stays_as_it_was(student, given, expect):
    """Model, pictures and labels stay as they were, and so does whether gradients are recorded"""
    some, other = pictures_to_extract(given, 8), given.tiny_net(in_channels=1)
    x = given.tensor(6, 1, 8, 8)
    y = torch.tensor(given.distinct(6, 0, 99))
    one_batch = student.tools.loose_batches(x, y, [[*range(6)]])
    switch = student.tools.grad_switch()
    was = switch(True)
    try:
        for on in (False, True):
            switch(on)
            student.extract_features(other, one_batch)
            kept = "recorded" if on else "not recorded"
            before = other.tensors()
            other.train(x, given.labels(6, other.config.n_classes), steps=1, lr=0.5).mode(False)
            label = f"parameters that a training step moves afterwards, where gradients were {kept} before"
            expect(other.tensors(), label, view=moved_from(before))
            expect(switch(True), f"whether gradients are recorded, where they were {kept} before", equals=on)
    finally:
        switch(was)
    expect(other.parameters(trainable=True), "parameters that can learn afterwards")
    # Two models with one loader, and one model before and after it learned something.
    loader = student.tools.loose_batches(some.x, some.y, [[0, 1, 2], [3, 4, 5, 6, 7]])
    second = given.tiny_net(**vars(some.net.config))
    for model, who in ((some.net, "a model"), (second, "another model with the same loader")):
        expect(as_pair(extracted(student, model, loader), expect)[0], f"features of {who}")
    some.net.train(some.x, given.labels(8, some.net.config.n_classes), lr=0.5).mode(False)
    expect(as_pair(extracted(student, some.net, loader), expect)[0], "features of the first model once it has learned")
    student.tools.overwrite(extracted(student, other, one_batch, kept=True))
    expect(one_batch.x, "pictures in the loader", equals=x)
    expect(one_batch.y, "labels in the loader, once others are written over what was returned", equals=y)
