"""Records check themselves, when built and when read."""

import copy
import json
from typing import Any

import pytest

from grader.results import Advice, Behaviour, DamagedRecord, NewerRecord, QuestionResult, SubmissionResult
from grader.results.status import Status


def test_to_dict_and_back(data: dict[str, Any]) -> None:
    record = SubmissionResult.from_dict(data)
    again = SubmissionResult.from_dict(json.loads(json.dumps(record.to_dict())))
    assert again == record
    # Older records have no such fields.
    now = [{"ended": "", "answer": "", **question} for question in data["questions"]]
    assert again.to_dict() == {"format": 1, "graded_at": "", **data, "questions": now}
    assert isinstance(again.questions[0], QuestionResult)
    assert isinstance(again.questions[0].behaviours[0], Behaviour)
    assert again.questions[0].advice == [Advice("flag_on_the_module", "What does the optimizer hold?")]


def test_every_field_that_is_lost_or_of_another_type_is_named(data: dict[str, Any]) -> None:
    optional = {"seconds", "cpu_seconds", "answer_seconds", "judged_by", "remarks", "questions"}
    for name in data:
        lost = {key: value for key, value in data.items() if key != name}
        if name not in optional:
            with pytest.raises(DamagedRecord, match=f"'{name}' is missing"):
                SubmissionResult.from_dict(lost)
        with pytest.raises(DamagedRecord, match=f"'{name}'"):
            SubmissionResult.from_dict({**data, name: object()})


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["isolation"], "strong", "'isolation' must be one of full, reduced, none, found 'strong'"),
        (["status"], "done", "'status' must be one of graded, not_graded"),
        (["points"], -1.0, "'points' must be a finite number, zero or more"),
        (["points"], float("nan"), "'points' must be a finite number"),
        (["points"], float("inf"), "'points' must be a finite number"),
        (["points"], 10**400, "'points' must be a finite number"),
        (["points"], True, "'points' must be a finite number"),
        (["points"], 5.0, r"'points' must be at most max_points \(2\)"),
        (["points"], 0.5, r"'points' must be the sum over the questions \(1\)"),
        (["max_points"], 9.0, r"'max_points' must be the sum over the questions \(2\)"),
        (["remarks"], "a text", "'remarks' must be a list of texts"),
        (["remarks"], [1], "'remarks' must be a list of texts"),
        (["questions"], {}, "'questions' must be a list, found dict"),
        (["questions", 0], [], r"questions\[0\]: expected an object, found list"),
        (["questions", 0, "status"], "won", r"questions\[0\]: field 'status'"),
        (["questions", 0, "points"], 3.0, r"questions\[0\]: field 'points' must be at most"),
        (["questions", 0, "surprise"], 1, r"questions\[0\]: unknown field 'surprise'"),
        (
            ["questions", 0, "advice", 0],
            {"asks": "?"},
            r"questions\[0\]: advice\[0\]: field 'misconception' is missing",
        ),
        (["questions", 0, "behaviours", 0, "passed"], 1, r"behaviours\[0\]: field 'passed' must be true or false"),
        (["questions", 0, "behaviours", 0, "picture"], [1], r"behaviours\[0\]: field 'picture' must be an object"),
        (["questions", 0, "behaviours", 0, "picture"], {"x": {1}}, "must hold plain JSON data, found set"),
    ],
)
def test_what_is_wrong_is_said(data: dict[str, Any], path: list[Any], value: Any, message: str) -> None:
    target = damaged = copy.deepcopy(data)
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    with pytest.raises(DamagedRecord, match=message):
        SubmissionResult.from_dict(damaged)


def test_two_questions_with_one_id(data: dict[str, Any]) -> None:
    data["questions"] *= 2
    with pytest.raises(DamagedRecord, match="questions with different ids"):
        SubmissionResult.from_dict({**data, "points": 2.0, "max_points": 4.0})


def test_not_graded_has_a_reason_and_no_points(data: dict[str, Any]) -> None:
    waiting = {**data, "status": "not_graded", "reason": "no space left", "points": 0.0, "questions": []}
    assert SubmissionResult.from_dict(waiting).max_points == 2.0
    with pytest.raises(DamagedRecord, match="'reason' must be a text that says why"):
        SubmissionResult.from_dict({**waiting, "reason": None})
    with pytest.raises(DamagedRecord, match="0 where nothing was graded"):
        SubmissionResult.from_dict({**waiting, "points": 1.0})


def test_newer_format_is_not_taken_for_damage(data: dict[str, Any]) -> None:
    with pytest.raises(NewerRecord, match="format 2"):
        SubmissionResult.from_dict({"format": 2, "whatever": "comes next"})
    with pytest.raises(DamagedRecord, match="'format'"):
        SubmissionResult.from_dict({"format": "one", **data})


def test_numbers_that_json_does_not_have_become_null_in_pictures() -> None:
    numbers = [float("nan"), float("inf"), 10**400, 0.5, True, None]
    behaviour = Behaviour("b", False, 0, 1, picture={"yours": (numbers,)})
    assert behaviour.picture == {"yours": [[None, None, None, 0.5, True, None]]}


def test_a_picture_nested_too_deeply_is_refused() -> None:
    deep: Any = 1
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(DamagedRecord, match="plain JSON"):
        Behaviour("b", False, 0, 1, picture={"yours": deep})


def test_control_characters_do_not_reach_a_terminal_through_an_error(data: dict[str, Any]) -> None:
    with pytest.raises(DamagedRecord) as caught:
        SubmissionResult.from_dict({**data, "status": "\x1b[2J\u202e"})
    assert str(caught.value).isprintable()


def test_complete(data: dict[str, Any]) -> None:
    record = SubmissionResult.from_dict(data)
    assert record.complete
    record.questions[0].status = Status.NOT_GRADED
    assert not record.complete
