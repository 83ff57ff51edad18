"""Hidden tests of `extract_features`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch

from grader.hidden.feature_extraction.setups import as_matrix, as_tensor, more_pictures, not_so, say_drift
from grader.hidden.registry import hidden_test
from grader.student.answers import LearnerError
from grader.student.proxy import Model


def pictures_to_extract(student: Any, given: Any, count: int, **config: Any) -> Any:
    """A net, pictures with a label each that no other has, and the features that belong to them."""
    net = given.tiny_net(**config)
    x = 1.5 * given.tensor(count, net.config.in_channels, 8, 8) - 0.5
    y = torch.tensor(given.distinct(count, 100, 999))
    known = net.part("backbone").outputs(x)
    net.mode(False)
    return SimpleNamespace(net=net, x=x, y=y, known=known)


def learns_twice(student: Any, answer: Any, head: Model, net: Model, y: torch.Tensor) -> bool:
    """Whether a head can learn twice from the features in `answer`, an optimizer having the net's parameters too."""
    try:
        student.tools.learn_from(answer, head, net, y, steps=2, lr=0.5)
    except LearnerError as error:
        if error.kind != "RuntimeError":  # torch's, where a graph that is gone would be gone through again
            raise
        return False
    return True


def as_pair(answer: Any, expect: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Features and labels as tensors, where the answer is a pair of tensors or arrays."""
    try:
        features, labels = map(as_tensor, answer)
    except (TypeError, ValueError, LearnerError):
        not_so(expect, "extract_features returns a pair (F, y) of two tensors or arrays")
    return features, labels


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
    some = pictures_to_extract(student, given, given.choice([17, 18, 19]))
    # Labels are judged by it, so it has to be right.
    expect(some.known, "what the backbone itself says of the pictures")
    loader = student.tools.loader(some.x, some.y, batch_size=5, shuffle=True)
    features, labels = as_pair(student.extract_features(some.net, loader), expect)
    if expect(list(features.shape), "shape of the features", equals=list(some.known.shape)):
        expect(in_one_order(features), "the features, sorted", picture=as_matrix("Features, sorted"))
        expect.that(beside_own_labels(features, labels, some), "each row of features stands beside its own label")


@hidden_test(weight=2, says="In which mode must the model be, and in which does its owner want it back?")
def test_eval_mode_and_back(student, given, expect):
    """Features are those of eval mode, whatever mode the model came in and goes back to"""
    some = pictures_to_extract(student, given, 12, dropout=0.0)
    loader = student.tools.loader(some.x, some.y, batch_size=4)
    for training in (True, False):
        some.net.mode(training)
        before = [some.net.buffers()]
        features, _ = as_pair(student.extract_features(some.net, loader), expect)
        came = "train" if training else "eval"
        expect(features, f"features of a model that came in {came} mode", picture=as_matrix("Features"))
        expect([some.net.buffers()], f"statistics of a model that came in {came} mode", shows=say_drift(before))
        expect(some.net(some.x), f"what a model answers afterwards that came in {came} mode")


@hidden_test(weight=2, says="A last batch may be smaller than the others, even a single picture.")
def test_batch_size_does_not_matter(student, given, expect):
    """The same features, in the loader's order, for any batch size"""
    some = pictures_to_extract(student, given, 13)
    for batch_size in (4, 5, 13):
        loader = student.tools.loader(some.x, some.y, batch_size=batch_size)
        some.net.mode(True)
        features, labels = as_pair(student.extract_features(some.net, loader), expect)
        expect(features, f"features with batches of {batch_size}", picture=as_matrix("Features"))
        expect(labels, f"labels with batches of {batch_size}", equals=some.y)


@hidden_test(weight=1, says="What is needed only for a backward pass need not be kept.")
def test_no_graph_is_kept(student, given, expect):
    """The features do not drag a graph along"""
    some = pictures_to_extract(student, given, 9)
    backbone, width, n_classes = some.net.part("backbone"), some.net.config.widths[-1], 5
    loader = student.tools.loader(some.x, some.y, batch_size=4)
    answer = student.extract_features.kept(some.net, loader)
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
