"""A question's verdict: points for each behaviour, the message, and what the feedback page shows."""

from __future__ import annotations

import re
from typing import Any

from grader.exercise.model import Question
from grader.hidden.registry import HiddenTest
from grader.judging.answer_key import AnswerKey
from grader.judging.diagnosis import diagnose
from grader.judging.trace import Trace
from grader.results.record import Advice, Behaviour, QuestionResult
from grader.results.status import Ended, Status
from grader.student.answers import LearnerError
from grader.student.bounded import Bounded
from grader.student.compare import in_words
from grader.student.expect import Observation

_ADDRESS = re.compile(r"<([\w.]+) object at 0x[0-9a-f]+>")

NOTHING_THERE = {"Blank", "MissingAnswer"}
"""Ends about which a hint on the behaviour has nothing to say."""


_ENDED = {"Blank": Ended.BLANK, "TimeLimit": Ended.TIME, "Died": Ended.CRASH, "OutOfMemory": Ended.CRASH}


def verdict(key: AnswerKey, question: Question, observed: list[Trace]) -> QuestionResult:
    """Score the traces of a question's hidden tests and say what was seen."""
    tests = key.tests[question.id]
    total = sum(t.weight for t in tests)
    behaviours = [
        _behaviour(t, seen, question.points * t.weight / total) for t, seen in zip(tests, observed, strict=True)
    ]
    points = round(sum(b.points for b in behaviours), 4)
    status = Status.PASSED if all(t.passed for t in observed) else Status.PARTIAL if points > 0 else Status.FAILED
    ended = Ended.ORDINARY
    if status is Status.FAILED and all(t.error is not None and t.first_failure() is None for t in observed):
        status = Status.ERROR
        ended = _ENDED.get(observed[0].error.kind, Ended.ORDINARY) if observed[0].error else Ended.ORDINARY
    message = next((b.message for b in behaviours if not b.passed), "Every behaviour is as it should be.")
    found = diagnose(key, question.id, observed)
    return _result(
        question,
        points,
        status,
        message,
        ended,
        misconceptions=[wrong.label for wrong in found],
        advice=[Advice(wrong.label, wrong.asks) for wrong in found],
        behaviours=behaviours,
    )


def stopped(question: Question, error: LearnerError) -> QuestionResult:
    """The verdict on an answer that did not run at all."""
    return _result(question, 0.0, Status.ERROR, explain(error), _ENDED.get(error.kind, Ended.ORDINARY))


def _result(
    question: Question, points: float, status: Status, message: str, ended: Ended, **found: Any
) -> QuestionResult:
    return QuestionResult(
        id=question.id,
        title=question.title,
        minutes=question.minutes,
        objectives=list(question.objectives),
        points=points,
        max_points=question.points,
        status=status,
        message=message,
        ended=ended,
        **found,
    )


def _behaviour(test: HiddenTest, seen: Trace, worth: float) -> Behaviour:
    message = observed = expected = ""
    failure = seen.first_failure()
    if failure is not None:
        observed, expected = _said(failure, failure.value), _said(failure, failure.expected)
        message = _sentence(failure.label or test.name, observed, expected, failure.property)
    elif seen.error is not None:
        message = explain(seen.error)
    if not seen.passed and test.hint and not (seen.error is not None and seen.error.kind in NOTHING_THERE):
        message = f"{message} {test.hint}".strip()
    points = worth if seen.passed else 0.0
    return Behaviour(test.name, seen.passed, points, worth, message, observed, expected, _picture(seen))


def explain(error: LearnerError) -> str:
    """What the learner is told of an exception, a time limit or a lost process."""
    at = f" The line was: `{error.line}`." if error.line else ""
    said = _ADDRESS.sub(r"an object of \1", error.message.rstrip("."))
    match error.kind:
        case "Blank":
            if error.line:
                return (
                    f"Your answer came to the line `{error.line}`. Is this part still to be written, or was the line "
                    "left in place?"
                )
            return "The blank of this question is still empty."
        case "MissingAnswer":
            return f"{said}: the notebook has no function or class of that name. Is its cell still there?"
        case "TookTooLong":
            return f"The answer's cell was {said}, and had not defined this yet.{at} Is there a loop that never ends?"
        case "TimeLimit":
            return f"There was {said}. Is there a loop that never ends, or one step too many?"
        case "Died":
            return "Your answer ended the Python process before it gave a result (os._exit, a crash, or out of memory)."
        case "OutOfMemory":
            return f"Your answer needed more memory than a submission may use ({said})."
        case "SystemExit":
            return f"Your answer called exit() instead of returning a value.{at}"
        case "SyntaxError" | "IndentationError":
            where = re.sub(r"[(]<[^>]*>, (line [0-9]+)[)]", r"in \1", said)
            return f"Python cannot read the cell ({where}).{at}"
        case "Unreadable":
            return f"What your answer returned could not be read: {said}."
        case "WrongKind":
            why = f" ({said})" if said else ""
            return f"Your answer returned another kind of object than the question asks for{why}."
    if not at:
        # Not in a line of the notebook: torch or a tool of ours could not go on with what it was given.
        return f"Using your answer raised {error.kind}: {said}."
    return f"Your answer raised {error.kind}: {said}.{at}"


def _said(seen: Observation, value: Any) -> str:
    try:
        with Bounded():
            return str(seen.view.says(value))[:300] if seen.view.says else in_words(value)
    except Exception:
        return in_words(value)


def _sentence(label: str, observed: str, expected: str, is_property: bool) -> str:
    if is_property and expected == "yes" and observed in ("no", ""):
        return f"Not so: {label}."
    label = f"{label[:1].upper()}{label[1:]}"
    if observed == expected:  # the words say which parts moved, or the first of many numbers, and not how far
        return f"{label}: {expected}, as expected, but the values behind these words differ."
    return f"{label}: expected {expected}; observed {observed}."


def _picture(seen: Trace) -> dict[str, Any] | None:
    """The picture of the first failing observation that has one, else of the first that has one."""
    drawn = [(o, draws) for o in seen.observations if (draws := o.view.draws) is not None]
    for one, draws in sorted(drawn, key=lambda pair: bool(pair[0].holds)):
        try:
            with Bounded():
                return draws(one.value, one.expected)
        except Exception:
            continue
    return None
