"""An answer that did not run says why where that is no ordinary error; old records do not."""

import pytest

from grader.exercise.catalogue import load_exercise
from grader.judging.verdict import stopped
from grader.pages.wording import STATUSES as ON_PAGES
from grader.results import DamagedRecord
from grader.results.record import QuestionResult
from grader.results.status import SIGNS, Ended, Status
from grader.selfstudy.showing import WORDS as IN_TERMINAL
from grader.student.answers import LearnerError

OLD = {"id": "q", "title": "Q", "minutes": 5, "objectives": [], "points": 0, "max_points": 1, "status": "error"}


@pytest.mark.parametrize(
    ("kind", "state"),
    [("Blank", "blank"), ("TimeLimit", "time"), ("Died", "crash"), ("OutOfMemory", "crash"), ("ValueError", "error")],
)
def test_how_an_answer_ended_is_its_state(kind, state):
    question = load_exercise("02_feature_extraction").question("freeze")
    result = stopped(question, LearnerError(kind, "said"))
    assert (result.status, result.state) == ("error", state)


def test_every_state_has_a_sign_and_words_everywhere():
    states = {*Status, *Ended} - {Ended.ORDINARY}
    assert states == SIGNS.keys() == IN_TERMINAL.keys() == ON_PAGES.keys()


def test_a_blank_is_nowhere_called_an_error():
    for words in (*ON_PAGES["blank"], *IN_TERMINAL[Ended.BLANK][:1]):
        assert "error" not in words.lower()
    assert ON_PAGES["blank"][2] == "Not reached"


def test_a_record_from_before_is_read_and_an_unknown_end_is_not():
    assert QuestionResult.from_dict(OLD).state == "error"
    with pytest.raises(DamagedRecord, match="ended"):
        QuestionResult.from_dict({**OLD, "ended": "vanished"})
