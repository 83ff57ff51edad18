"""A question's verdict: points for each behaviour, the message, and what the feedback page shows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from grader.judging.answer_key import AnswerKey
from grader.judging.diagnosis import diagnose
from grader.judging.trace import Trace
from grader.student.answers import LearnerError
from grader.student.bounded import Bounded
from grader.student.compare import in_words
from grader.student.expect import Observation

NOTHING_THERE = {"Blank", "MissingAnswer"}
"""Ends about which a hint on the behaviour has nothing to say."""


ENDED = {"Blank": "blank", "TimeLimit": "time", "Died": "crash", "OutOfMemory": "crash"}
"""Ends of an answer that are no ordinary error, in the words of `QuestionResult.ended`."""


@dataclass
class BehaviourVerdict:
    """One hidden test's outcome."""

    name: str
    passed: bool
    points: float
    max_points: float
    message: str = ""
    observed: str = ""
    expected: str = ""
    picture: dict[str, Any] | None = None


@dataclass
class QuestionVerdict:
    """One question's outcome, scaled to `max_points`."""

    question: str
    points: float
    max_points: float
    status: str
    """passed, partial, failed, or error (the answer did not run)."""
    message: str
    misconceptions: list[str] = field(default_factory=list)
    asks: list[str] = field(default_factory=list)
    behaviours: list[BehaviourVerdict] = field(default_factory=list)
    ended: str = ""
    """blank, time or crash, for an answer that did not run for that reason."""


def verdict(key: AnswerKey, question: str, max_points: float, observed: list[Trace]) -> QuestionVerdict:
    """Score the traces of a question's hidden tests and say what was seen."""
    tests = key.tests[question]
    total = sum(t.weight for t in tests)
    behaviours = []
    for test, seen in zip(tests, observed, strict=True):
        worth = max_points * test.weight / total
        one = BehaviourVerdict(test.name, seen.passed, worth if seen.passed else 0.0, worth)
        failure = seen.first_failure()
        if failure is not None:
            one.observed, one.expected = _said(failure, failure.value), _said(failure, failure.expected)
            one.message = _sentence(failure.label or test.name, one.observed, one.expected, failure.property)
        elif seen.error is not None:
            one.message = explain(seen.error)
        if not seen.passed and test.hint and not (seen.error is not None and seen.error.kind in NOTHING_THERE):
            one.message = f"{one.message} {test.hint}".strip()
        one.picture = _picture(seen)
        behaviours.append(one)
    points = round(sum(b.points for b in behaviours), 6)
    found = diagnose(key, question, observed)
    ended = ""
    status = "passed" if all(t.passed for t in observed) else "partial" if points > 0 else "failed"
    if status == "failed" and all(t.error is not None and t.first_failure() is None for t in observed):
        status = "error"
        ended = ENDED.get(observed[0].error.kind, "") if observed[0].error else ""
    message = next((b.message for b in behaviours if not b.passed), "Every behaviour is as it should be.")
    return QuestionVerdict(
        question,
        points,
        max_points,
        status,
        message,
        [m.label for m in found],
        [m.asks for m in found],
        behaviours,
        ended,
    )


def stopped(question: str, max_points: float, error: LearnerError) -> QuestionVerdict:
    """The verdict of an answer that did not run at all."""
    return QuestionVerdict(question, 0.0, max_points, "error", explain(error), ended=ENDED.get(error.kind, ""))


def explain(error: LearnerError) -> str:
    """What the learner is told of an exception, a time limit or a lost process."""
    at = f" The line was: `{error.line}`." if error.line else ""
    said = error.message.rstrip(".")
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
    return f"{label[:1].upper()}{label[1:]}: expected {expected}; observed {observed}."


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
