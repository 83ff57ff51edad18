"""What a learner is told about a wrong answer: a question or a place to look, never the solution or a hidden test."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.exercise.catalogue import ROOT, exercise_names, load_exercise
from grader.hidden.registry import hidden_tests
from tlcore.misconceptions import misconceptions_of

EXERCISES = [load_exercise(name) for name in exercise_names()]
TOPICS = [exercise.topic for exercise in EXERCISES]
QUESTIONS = {exercise.topic: [question.id for question in exercise.questions] for exercise in EXERCISES}


def code_lines(path: Path) -> Iterator[str]:
    """The statements of a module, white space folded: what a docstring or a comment says is not among them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if isinstance(node, ast.stmt) and not hasattr(node, "body") and not docstring:
            yield folded(ast.unparse(node))


def folded(text: str) -> str:
    return re.sub(r"\s+", "", text)


def told(topic: str) -> list[str]:
    """Everything that a wrong answer can be answered with, apart from numbers."""
    questions = QUESTIONS[topic]
    asks = [wrong.asks for id in questions for wrong in misconceptions_of(topic, id)]
    tests = [test for id in questions for test in hidden_tests(topic, id)]
    return [*asks, *(test.hint for test in tests), *(test.name for test in tests)]


@pytest.mark.parametrize("topic", TOPICS)
def test_a_misconception_asks_one_question_of_its_own(topic: str) -> None:
    for id in QUESTIONS[topic]:
        known = misconceptions_of(topic, id)
        assert known
        asked = [wrong.asks for wrong in known]
        assert all(text.endswith("?") and len(text) < 160 for text in asked)
        assert len(set(asked)) == len(asked)


@pytest.mark.parametrize("topic", TOPICS)
def test_every_behaviour_has_a_place_to_look(topic: str) -> None:
    tests = [test for id in QUESTIONS[topic] for test in hidden_tests(topic, id)]
    assert tests
    assert all(test.hint and test.hint[-1] in ".?" for test in tests)
    assert len({test.name for test in tests}) == len(tests)


@pytest.mark.parametrize("topic", TOPICS)
def test_no_word_of_it_is_code_that_solves_the_question(topic: str) -> None:
    closed = {line for path in (ROOT / "tlcore" / "reference").rglob("*.py") for line in code_lines(path)}
    closed |= {line for path in (ROOT / "grader" / "hidden").rglob("*.py") for line in code_lines(path)}
    for name in exercise_names():
        for question in load_exercise(name).questions:
            closed |= {folded(line) for line in question.answer_source.splitlines()}
    closed = {line for line in closed if len(line) > 12}
    assert len(closed) > 200
    texts = [folded(text) for text in told(topic)]
    assert [(line, text) for line in closed for text in texts if line in text] == []
