"""What learners are told about a question, in the words of whatever tool shows it."""

from grader.channels.messages import as_html, as_text, picture
from grader.results import Advice, Behaviour, QuestionResult

PICTURE = {"kind": "bars", "title": "", "labels": ["a"], "yours": [1.0], "expected": [2.0]}


def _question(message: str = "Use `eval`.", **changes: object) -> QuestionResult:
    behaviours = [
        Behaviour("it stays", True, 1.0, 1.0),
        Behaviour("it moves", False, 0.0, 0.5, message, picture=PICTURE),
        Behaviour("it ends", False, 0.0, 0.5, "Never <ended>."),
    ]
    given = {"status": "partial", "message": message, "behaviours": behaviours} | changes
    return QuestionResult("freeze", "Freeze", 10, ["O2"], 1.0, 2.0, advice=[Advice("flag", "What holds it?")], **given)


def test_html_says_points_message_question_and_behaviours():
    page = as_html(_question())
    assert "Partly solved: 1 of 2 points" in page and "<p>Use <code>eval</code>.</p>" in page
    assert "What holds it?" in page and "it stays" in page and "Never &lt;ended&gt;." in page
    assert page.count("eval") == 1  # the first failing behaviour's message is the question's: said once


def test_nothing_of_a_learner_becomes_html():
    page = as_html(_question("<img src=x onerror=alert(1)> \x1b[31m `<b>`"))
    assert "<img" not in page and "<b>" not in page and "\x1b" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_text_has_the_same_and_no_escape_sequences():
    text = as_text(_question("red \x1b[31m"))
    assert text.splitlines()[0] == "◐ Partly solved: 1 of 2 points"
    assert "\x1b" not in text and "A question to ask yourself: What holds it?" in text


def test_one_behaviour_is_not_listed():
    assert "<ul>" not in as_html(_question(behaviours=[Behaviour("it stays", True, 1.0, 1.0)]))


def test_the_picture_of_the_first_failure_is_drawn():
    drawn = picture(_question())
    assert drawn is not None and drawn.startswith(b"\x89PNG")


def test_a_picture_that_cannot_be_drawn_is_left_out():
    broken = Behaviour("it moves", False, 0.0, 1.0, picture={"kind": "bars", "labels": "?", "yours": [1e400]})
    assert picture(_question(behaviours=[broken])) is None
