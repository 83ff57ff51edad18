"""`tl verify` finds what is wrong: each way in which a question can fall short is said, and ends with status 1.

The real exercises have no fault to find, so one of their questions is spoiled, in one way at a time.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from grader.authoring import verify
from grader.cli.app import app
from grader.exercise.catalogue import load_exercise
from grader.exercise.model import Question
from grader.hidden.registry import hidden_tests
from grader.judging.answer_key import AnswerKey
from tlcore.misconceptions import Misconception, misconceptions_of
from tlcore.reference.lora_from_scratch.lora_delta import lora_delta

NAME, TOPIC, QUESTION = "04_lora_from_scratch", "lora_from_scratch", "lora_delta"
WRONG = "def lora_delta(A, B, alpha):\n    return B @ A"
FICKLE = """runs = []

def lora_delta(A, B, alpha):
    runs.append(1)
    return alpha / A.shape[0] * (B @ A) if len(runs) <= 12 else A
"""
"""Right when it is proved and in the first repeated run, and wrong from then on: each calls it six times."""

Spoil = Callable[..., None]


@pytest.fixture
def spoil(monkeypatch: pytest.MonkeyPatch) -> Spoil:
    """Leave one question in the exercise and its hidden tests, with some fields changed."""
    exercise = load_exercise(NAME)
    tests = {QUESTION: hidden_tests(TOPIC)[QUESTION]}
    monkeypatch.setattr("grader.judging.answer_key.hidden_tests", lambda topic: tests)

    def change(**fields: object) -> None:
        question: Question = replace(exercise.question(QUESTION), **fields)  # type: ignore[arg-type]
        monkeypatch.setattr(verify, "load_exercise", lambda name: replace(exercise, questions=(question,)))

    change()
    return change


def problems() -> list[str]:
    return [problem for proof in verify.run([NAME]) for problem in proof.problems]


def test_a_sound_question_has_no_problem(spoil: Spoil) -> None:
    assert problems() == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"hints": ()}, ["has no hints"]),
        ({"minutes": 0}, ["has no points", "has no minutes"]),
        ({"blank_source": load_exercise(NAME).question(QUESTION).answer_source}, ["the blank scores 1.6 points"]),
        ({"answer_source": FICKLE}, ["9 of 10 repeated runs disagree with the first"]),
        ({"id": "nosuch"}, ["has hidden tests but no cell in the solution", "has no hidden test"]),
    ],
    ids=["no hints", "no minutes", "a blank that is filled", "an answer that changes", "a question without a test"],
)
def test_what_a_solution_can_lack(spoil: Spoil, fields: dict[str, object], said: list[str]) -> None:
    spoil(**fields)
    assert problems() == said


def test_a_solution_that_does_not_pass(spoil: Spoil) -> None:
    spoil(answer_source=WRONG)
    [problem] = problems()
    assert problem.startswith("the notebook's solution does not pass: The update for r = ")


def test_a_reference_that_is_not_the_same_twice(spoil: Spoil, monkeypatch: pytest.MonkeyPatch) -> None:
    class Fickle(AnswerKey):
        def __init__(self, *arguments: str) -> None:
            super().__init__(*arguments)
            calls = count(1)
            self.reference_names["lora_delta"] = lambda A, B, alpha: next(calls) * lora_delta(A, B, alpha)

    monkeypatch.setattr(verify, "AnswerKey", Fickle)
    [proof] = verify.run([NAME])
    assert not proof.reference_passes
    assert "the reference does not pass on every key" in proof.problems


def test_misconceptions_that_prove_nothing(spoil: Spoil, monkeypatch: pytest.MonkeyPatch) -> None:
    no_scale = next(m for m in misconceptions_of(TOPIC)[QUESTION] if m.label == "no_scale")
    known: list[Misconception] = []
    monkeypatch.setattr(AnswerKey, "misconceptions", lambda key, question: known)
    assert problems() == ["has no misconceptions"]
    known[:] = [no_scale, replace(no_scale, label="right_after_all", names={"lora_delta": lora_delta})]
    assert problems() == ["misconception right_after_all gets full marks"]
    known[:] = [no_scale, replace(no_scale, label="its_twin")]
    assert problems() == ["misconception its_twin is not named on every key (named: ['no_scale'])"]


def test_alternatives_that_are_missing_or_not_accepted(
    spoil: Spoil, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(verify, "ANSWERS", tmp_path)
    assert problems() == ["has no alternatives"]
    folder = tmp_path / TOPIC / QUESTION
    folder.mkdir(parents=True)
    (folder / "right_by_mistake.py").write_text(WRONG)
    [problem] = problems()
    assert problem.startswith("alternative right_by_mistake.py is not accepted: The update for r = ")


def test_json_and_exit_status_are_those_of_the_contract(spoil: Spoil, capsys: pytest.CaptureFixture[str]) -> None:
    assert app(["verify", NAME, "--json"], standalone_mode=False) in (None, 0)
    [entry] = json.loads(capsys.readouterr().out)
    assert entry == {
        "exercise": NAME,
        "question": QUESTION,
        "reference_passes": True,
        "blank_points": 0.0,
        "misconceptions": {"total": 7, "caught": 7, "named": 7},
        "alternatives": {"total": 3, "accepted": 3},
        "disagreements": 0,
        "problems": [],
    }
    spoil(hints=())
    assert app(["verify", NAME, "--json"], standalone_mode=False) == 1
    assert json.loads(capsys.readouterr().out)[0]["problems"] == ["has no hints"]
