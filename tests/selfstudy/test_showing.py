"""What a check looks like: no colour off a terminal, nothing of a learner's text taken for markup, news only."""

from pathlib import Path

import pytest

from grader.exercise.catalogue import load_exercise
from grader.results import Advice, Behaviour, QuestionResult, SubmissionResult
from grader.selfstudy.checked import Checked, Hint
from grader.selfstudy.showing import show_check, terminal

COURSE = Path(__file__).parents[1] / "authoring" / "course"
HOSTILE = "[bold]x[/bold] \x1b[31mred\x1b[0m \x1b]0;title\x07 \u202eabc"


def question(id: str, points: float, status: str, behaviours: int = 1, message: str = "seen") -> QuestionResult:
    seen = [Behaviour(f"{id} {i}", points > 0, points, 1.0, f"{message} {i}") for i in range(behaviours)]
    advice = [] if points else [Advice("wrong_idea", "Is it so?")]
    return QuestionResult(id, id.title(), 5, ["O1"], points, 1.0, status, [], f"{message} 0", advice, seen)


def checked(*questions: QuestionResult, begun: str = "", hints: dict[str, Hint] | None = None) -> Checked:
    total = sum(q.points for q in questions)
    result = SubmissionResult(
        "0", "none", "you", "01_doubling", "graded", None, total, len(questions), "", "", questions=list(questions)
    )
    exercise = load_exercise("01_doubling", COURSE)
    return Checked(Path("x.ipynb"), exercise, result, set(begun.split()), "", hints or {})


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]):
    def show(*arguments: object) -> str:
        show_check(terminal(), *arguments)  # type: ignore[arg-type]
        return capsys.readouterr().out

    return show


def test_points_message_question_to_oneself_and_hint(shown):
    hint = Hint(2, 3, "Look at `x`.")
    text = shown(checked(question("double", 0.0, "failed"), begun="double", hints={"double": hint}))
    assert "x.ipynb  0 of 1 points" in text
    for words in ("○ Double  0 of 1, not yet", "seen 0", "Ask yourself: Is it so?", "Hint 2 of 3", "Look at x."):
        assert words in text
    assert "\x1b" not in text
    assert "last hint" not in text


def test_a_free_text_is_said_to_be_read_by_nobody_here(shown):
    once = checked(question("freeze", 1.0, "passed"))
    assert "own words" not in shown(once)
    once.exercise = load_exercise("02_feature_extraction")
    assert "explain: in your own words; a person reads it in a course, nobody here" in shown(once)
    assert "own words" not in shown(once, once)


def test_the_last_hint_leads_to_the_reference_once_solved(shown):
    hint = Hint(3, 3, "All of it.")
    text = shown(checked(question("double", 0.0, "failed"), begun="double", hints={"double": hint}))
    assert "last hint" in text and "tlcore/reference/doubling/double.py" in text


def test_what_a_learner_wrote_is_text(shown):
    text = shown(checked(question("double", 0.0, "error", message=HOSTILE), begun="double"))
    assert "[bold]x[/bold] red" in text
    assert not set("\x1b\x07\u202e") & set(text)


def test_many_behaviours_are_cut_and_one_error_is_said_once(shown):
    text = shown(checked(question("double", 0.0, "failed", behaviours=5), begun="double"))
    assert "double 0: seen 0" in text and "double 1: seen 1" in text and "double 2" not in text
    assert "and 3 more behaviours do not hold yet" in text
    text = shown(checked(question("double", 0.0, "error", behaviours=5), begun="double"))
    assert text.count("seen") == 1 and "more behaviours" not in text


def test_a_blank_is_not_a_mistake(shown):
    text = shown(checked(question("double", 0.0, "error"), begun=""))
    assert "· Double  0 of 1, not reached" in text
    assert "seen" not in text and "Ask yourself" not in text


def test_when_watching_only_news_is_explained(shown):
    hint = Hint(1, 3, "Nudge.")
    failing, other = question("double", 0.0, "failed"), question("constant", 0.0, "failed", message="new")
    before = checked(failing, question("constant", 0.0, "failed"), begun="double constant", hints={"double": hint})
    text = shown(checked(failing, other, begun="double constant", hints={"double": hint}), before)
    assert "seen" not in text and "Nudge" not in text
    assert "new 0" in text
    solved = checked(question("double", 1.0, "passed"), other, begun="double constant", hints={"constant": hint})
    text = shown(solved, before)
    assert "1 of 2 points (+1)" in text and "Nudge." in text


def test_what_was_not_graded_says_why(shown):
    one = checked(question("double", 0.0, "failed"))
    one.result = SubmissionResult(
        "0", "none", "you", "01_doubling", "not_graded", "the sandbox was lost", 0.0, 1.0, "", ""
    )
    text = shown(one)
    assert "not graded" in text and "the sandbox was lost" in text
