"""What a check leaves in the progress, and which hint follows from it."""

from pathlib import Path

import pytest

from grader.exercise.catalogue import load_exercise
from grader.exercise.model import Exercise
from grader.results import QuestionResult, SubmissionResult
from grader.selfstudy.checked import Checked
from grader.selfstudy.checking import keep
from grader.selfstudy.progress import Progress

NAME = "01_doubling"
COURSE = Path(__file__).parents[1] / "authoring" / "course"  # two questions, with two hints and one


@pytest.fixture(scope="module")
def exercise() -> Exercise:
    return load_exercise(NAME, COURSE)


class Learner:
    """Answers as this learner has them now; `check` says what a check with these points shows."""

    def __init__(self, exercise: Exercise) -> None:
        self.exercise, self.progress = exercise, Progress()
        self.answers = {question.id: question.blank_source for question in exercise.questions}

    def check(self, asked: bool = True, **points: float) -> dict[str, int]:
        """The number of each question's hint."""
        questions = []
        for question in self.exercise.questions:
            got = points.get(question.id, 0.0)
            status = "passed" if got == question.points else "partial" if got else "failed"
            common = (question.id, question.title, question.minutes, list(question.objectives))
            questions.append(QuestionResult(*common, got, question.points, status))
        total, most = sum(q.points for q in questions), sum(q.max_points for q in questions)
        result = SubmissionResult("0", "none", "you", NAME, "graded", None, total, most, "", "", questions=questions)
        begun = {q.id for q in self.exercise.questions if self.answers[q.id] != q.blank_source}
        self.last = Checked(Path("x.ipynb"), self.exercise, result, begun, "")
        keep(self.progress, self.last, self.answers, asked)
        return {id: hint.number for id, hint in self.last.hints.items()}


@pytest.fixture
def learner(exercise: Exercise) -> Learner:
    return Learner(exercise)


def test_each_check_that_fails_gives_one_hint_more_up_to_the_last(learner: Learner):
    learner.answers["double"] = "double = 1"
    assert [learner.check()["double"] for _ in range(4)] == [1, 2, 2, 2]
    assert learner.last.hints["double"].text == "And `number + number`?"
    assert learner.last.hints["double"].of == 2


def test_a_save_gives_the_next_hint_only_where_the_answer_has_changed(learner: Learner):
    learner.answers["double"] = "double = 1"
    assert learner.check(asked=False) == {"double": 1}
    learner.answers["constant"] = "constant = 1"
    assert learner.check(asked=False) == {"double": 1, "constant": 1}
    learner.answers["double"] = "double = 2"
    assert learner.check(asked=False) == {"double": 2, "constant": 1}


def test_hints_of_a_blank_wait_until_it_is_its_turn(learner: Learner):
    assert learner.check() == {"double": 1}
    learner.answers["double"] = "solved"
    assert learner.check(double=1.0) == {"constant": 1}


def test_full_marks_need_no_hint_and_do_not_use_one_up(learner: Learner):
    learner.answers["double"] = "double = 1"
    learner.check()
    assert "double" not in learner.check(double=1.0)
    assert learner.check() == {"double": 2}


def test_a_fresh_copy_of_what_had_full_marks_uses_no_hint_up(learner: Learner):
    blank = learner.answers["double"]
    learner.answers["double"] = "double = 1"
    learner.check(double=1.0)
    learner.answers["double"] = blank
    assert "double" not in learner.check() and learner.progress.question(NAME, "double").hints == 0


def test_best_points_stay_and_the_first_full_marks_are_dated(learner: Learner):
    learner.answers["double"] = "double = 1"
    learner.check(double=1.0)
    dated = learner.progress.question(NAME, "double").solved
    learner.check(double=0.5)
    seen = learner.progress.question(NAME, "double")
    assert (seen.points, seen.status, seen.full, seen.checks) == (1.0, "partial", True, 2)
    assert seen.solved == dated is not None
    assert learner.last.best["double"] == 1.0


def test_only_what_is_begun_counts_as_checked(learner: Learner):
    learner.check()
    assert [learner.progress.question(NAME, id).checks for id in ("double", "constant")] == [0, 0]
