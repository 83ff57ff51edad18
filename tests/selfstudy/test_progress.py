"""The progress as data: best points stay, anything malformed is found."""

import json

import pytest

from grader.selfstudy.errors import DamagedProgress, ProgressUnavailable
from grader.selfstudy.progress import ExerciseProgress, Progress, QuestionProgress


def full() -> Progress:
    question = QuestionProgress(1.5, 2.0, "partial", 3, 2, "ab", None)
    return Progress("k", {"02_x": ExerciseProgress({"freeze": question}, "/a/ü.ipynb", "2025-01-01T10:00:00+0000")})


def test_it_comes_back_as_it_was():
    assert Progress.from_dict(json.loads(json.dumps(full().to_dict()))) == full()


def test_every_learner_has_a_key_of_their_own():
    assert len({Progress().key for _ in range(20)}) == 20


def test_fewer_points_than_before_change_nothing():
    question = QuestionProgress()
    for points, best in ((0.5, 0.5), (2.0, 2.0), (0.0, 2.0), (1.0, 2.0)):
        question.keep_best(points, 2.0)
        assert (question.points, question.max_points) == (best, 2.0)
    assert question.full


def test_a_release_with_other_points_keeps_the_share():
    question = QuestionProgress(1.0, 2.0)
    question.keep_best(0.0, 3.0)
    assert (question.points, question.max_points, question.full) == (1.5, 3.0, False)


def test_a_later_format_is_not_touched():
    with pytest.raises(ProgressUnavailable, match="newer version"):
        Progress.from_dict({**full().to_dict(), "format": 2})


def change(*path_and_value):
    data = full().to_dict()
    *path, last, value = path_and_value
    place = data
    for step in path:
        place = place[step]
    place[last] = value
    return data


FREEZE = ("exercises", "02_x", "questions", "freeze")


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ([], "the file"),
        (None, "the file"),
        (change("format", True), "format"),
        (change("format", "1"), "format"),
        (change("key", ""), "key"),
        (change("key", 7), "key"),
        (change("exercises", []), "exercises"),
        (change("exercises", "02_x", 1), "02_x"),
        (change("exercises", "02_x", "questions", None), "02_x"),
        (change("exercises", "02_x", "notebook", 3), "notebook"),
        (change(*FREEZE, "points", float("nan")), "points"),
        (change(*FREEZE, "points", -1), "points"),
        (change(*FREEZE, "max_points", float("inf")), "max_points"),
        (change(*FREEZE, "hints", 10**400), "hints"),
        (change(*FREEZE, "checks", True), "checks"),
        (change(*FREEZE, "status", None), "status"),
        (change(*FREEZE, "solved", 1), "solved"),
    ],
)
def test_what_is_malformed_is_named(data, named: str):
    with pytest.raises(DamagedProgress, match=named):
        Progress.from_dict(data)


def test_more_points_than_there_are_are_cut():
    read = Progress.from_dict(change(*FREEZE, "points", 99))
    assert read.question("02_x", "freeze").points == 2.0
