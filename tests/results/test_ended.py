"""An answer that did not run says why where that is no ordinary error; old records do not."""

import pytest

from grader.cli.grade import MARKS
from grader.judging.verdict import stopped
from grader.pages.wording import STATUSES as ON_PAGES
from grader.results import DamagedRecord
from grader.results.record import QuestionResult
from grader.selfstudy.showing import STATUSES as IN_TERMINAL
from grader.student.answers import LearnerError

OLD = {"id": "q", "title": "Q", "minutes": 5, "objectives": [], "points": 0, "max_points": 1, "status": "error"}


@pytest.mark.parametrize(
    ("kind", "state"),
    [("Blank", "blank"), ("TimeLimit", "time"), ("Died", "crash"), ("OutOfMemory", "crash"), ("ValueError", "error")],
)
def test_the_end_of_an_answer_has_words_of_its_own_everywhere(kind, state):
    found = stopped("q", 1.0, LearnerError(kind, "said"))
    result = QuestionResult(**{**OLD, "status": found.status, "ended": found.ended})
    assert (result.status, result.state) == ("error", state)
    assert state in MARKS and state in ON_PAGES and state in IN_TERMINAL


def test_a_blank_is_nowhere_called_an_error():
    for words in (*ON_PAGES["blank"], *IN_TERMINAL["blank"][:2]):
        assert "error" not in words.lower()
    assert ON_PAGES["blank"][2] == "Not reached"


def test_a_record_from_before_is_read_and_an_unknown_end_is_not():
    assert QuestionResult.from_dict(OLD).state == "error"
    with pytest.raises(DamagedRecord, match="ended"):
        QuestionResult.from_dict({**OLD, "ended": "vanished"})
