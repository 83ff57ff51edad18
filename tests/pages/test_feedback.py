"""How a question is told to its learner: one cause once, points that can be followed, the answer beside it."""

import re
from pathlib import Path
from typing import Any

import pytest
from sample_class import behaviour, half, layers, question, solved, submission

from grader.grading.submission import _source_of
from grader.pages import said, write_pages
from grader.pages.feedback import day, headline, round_of, told
from grader.results import DamagedRecord, QuestionResult, SubmissionResult
from grader.results.record import ANSWER
from grader.student.given import SYLLABLES
from grader.submissions import Answered


def page_of(folder: Path, record: SubmissionResult) -> str:
    write_pages(folder, [record])
    return next((folder / "feedback").iterdir()).read_text(encoding="utf-8")


def failing(label: str, observed: str, picture: bool = True) -> dict[str, object]:
    message = f"{label}: expected 1, 2; observed {observed}. Why?"
    more = {"picture": layers()} if picture else {}
    return behaviour(label, False, message=message, observed=observed, expected="1, 2", **more)


def result(*behaviours: dict[str, object], **more: object) -> QuestionResult:
    message = next((str(each.get("message", "")) for each in behaviours if not each["passed"]), "Well done.")
    return QuestionResult.from_dict(question("freeze", "Freeze", list(behaviours), message=message, **more))


def test_one_idea_is_shown_once(tmp_path: Path) -> None:
    parts = [failing(f"Part {n}", f"{n}, {n + 1}") for n in range(4)]
    one = result(*parts, misconceptions=["flag"], advice=[{"misconception": "flag", "asks": "What is held?"}])
    assert [each.open for each in told(one)] == [True, False, False, False]
    page = page_of(tmp_path, submission("ada", [question("freeze", "Freeze", parts, misconceptions=["flag"])]))
    assert page.count("<img") == 1
    assert page.count("<details>") == 3  # the others, one line each until somebody wants them


def test_without_an_idea_different_causes_are_open_and_alike_ones_are_not() -> None:
    same = [failing("Sum", "3, 4"), failing("Sum", "5, 6, 7")]
    other = behaviour("third", False, message="Your answer raised TypeError: x.")
    yet_another = behaviour("fourth", False, message="Your answer raised NameError: y.")
    passed = behaviour("fifth", True)
    assert [each.open for each in told(result(*same, passed, other, yet_another))] == [True, False, False, True, False]


def test_numbers_that_stand_below_are_not_said_above() -> None:
    one = result(failing("The mean", "3, 4"))
    assert headline(one) == "The mean. Why?"
    assert [each.message for each in told(one)] == ["The mean. Why?"]
    # What the boxes do not hold stays.
    only_said = result(behaviour("it", False, message="The mean: expected 1; observed 2. Why?"))
    assert headline(only_said) == "The mean: expected 1; observed 2. Why?"


def test_points_of_each_behaviour_add_up_to_the_question(tmp_path: Path) -> None:
    page = page_of(tmp_path, submission("ada", half()))
    card = page[page.index('id="q-1-1"') : page.index('id="q-1-2"')]
    assert "1 of 2 points" in card
    assert re.findall(r'<span class="points">([\d.]+) of ([\d.]+)</span>', card) == [("0", "1"), ("1", "1")]


def test_yours_comes_first_as_in_the_picture(tmp_path: Path) -> None:
    page = page_of(tmp_path, submission("ada", half()))
    assert page.index("<dt>Yours</dt>") < page.index("<dt>Expected</dt>") < page.index("<img")


def test_the_answer_is_beside_what_was_seen_and_stays_text(tmp_path: Path) -> None:
    hostile = "def freeze(module):\n    return '</pre><script>alert(1)</script>'\n"
    questions = half()
    questions[0]["answer"] = hostile
    page = page_of(tmp_path, submission("ada", questions))
    assert "Your answer" in page and "return &#39;&lt;/pre&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;" in page
    questions[0]["answer"] = "x = 1\n" * 300
    assert "<summary>301 lines</summary>" in page_of(tmp_path, submission("ada", questions))
    assert "Your answer" not in page_of(tmp_path, submission("ada", half()))


def test_a_record_keeps_a_bounded_part_of_the_answer() -> None:
    cells: list[dict[str, Any]] = [
        {"source": "import torch", "question": None},
        {"source": "y = 1\n" * 5000, "question": "freeze"},
    ]
    answered = Answered(cells, answered={"freeze", "prepare"}, blank={"prepare"})
    kept = _source_of("freeze", answered)
    assert len(kept) == ANSWER and kept.startswith("y = 1\n") and kept.endswith("\n…")
    assert _source_of("prepare", answered) == ""
    assert _source_of("nothing", answered) == ""


def test_made_up_names_are_explained(tmp_path: Path) -> None:
    named = result(failing("Layers", "backbone.blocks.saraso.0.bias, head"))
    assert said.made_up(named) == "saraso"
    assert said.made_up(result(failing("Layers", "kamoto, rofire"))) == "kamoto"
    assert said.made_up(result(failing("Files", "a remote machine"))) == ""
    page = page_of(
        tmp_path,
        submission("ada", [question("freeze", "Freeze", [failing("Layers", "blocks.saraso.0", picture=False)])]),
    )
    assert "Names such as <code>saraso</code> are made up for the test" in page


def test_the_syllables_are_those_of_the_hidden_tests() -> None:
    pattern = re.compile(said.SYLLABLE)
    matched = {
        a + b for a in "abcdefghijklmnopqrstuvwxyz" for b in "abcdefghijklmnopqrstuvwxyz" if pattern.match(a + b)
    }
    assert matched == set(SYLLABLES)


def test_date_and_round(tmp_path: Path) -> None:
    record = submission("ada", solved(), graded_at="2026-11-27T09:30:00+00:00")
    page = page_of(tmp_path, record)
    assert f"graded on 27 November 2026 · round {round_of(record.seed)}" in page
    assert record.seed not in page
    assert round_of(record.seed) not in record.seed  # it tells nothing of the seed
    assert (round_of(""), day(""), day("<script>")) == ("", "", "")
    assert "graded on" not in page_of(tmp_path, submission("ada", solved()))


def test_points_set_by_hand_are_shown_on_both_pages(tmp_path: Path) -> None:
    record = submission("ada", half())
    record.set_by_hand("freeze", 1.5, "right idea & a typo", "Ann")
    index = write_pages(tmp_path, [record]).read_text(encoding="utf-8")
    page = (tmp_path / "feedback" / "ada.html").read_text(encoding="utf-8")
    assert "<strong>Set by hand:</strong> 1.5 instead of 1 points. right idea &amp; a typo (Ann)" in page
    assert "1 result set by hand." in index and "Points that a person set" in index


@pytest.mark.parametrize("changed", [{"answer": 3}, {"answer": None}])
def test_an_answer_is_a_text(changed: dict[str, object]) -> None:
    with pytest.raises(DamagedRecord, match="'answer' must be a text"):
        QuestionResult.from_dict({**half()[0], **changed})
