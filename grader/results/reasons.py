"""Why a question has other points than before: everything that is recorded and differs between two results."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .judges import changed_files
from .record import QuestionResult, SubmissionResult
from .status import Status

SameKey = Callable[[SubmissionResult], bool]
"""Whether an earlier record's hidden inputs came from the course key of the present results."""

_SMALL = 1e-6
_KINDS = (
    # How its files begin, its code, and words. The first that fits counts; one without words is of other questions.
    ("grader/hidden/{topic}/{question}.py", "hidden_test", "its hidden test"),
    ("grader/hidden/{topic}/setups.py", "hidden_test", "what the hidden tests of the exercise share"),
    ("grader/hidden/{topic}/", "", ""),
    ("tlcore/reference/{topic}/{question}.py", "reference", "its reference"),
    ("tlcore/reference/{topic}/setups.py", "reference", "what the references of the exercise share"),
    ("tlcore/reference/{topic}/", "", ""),
    ("tlcore/misconceptions/{topic}/{question}.py", "misconceptions", "its misconceptions"),
    ("tlcore/misconceptions/{topic}/", "", ""),
    ("solutions/", "question", "points, headings or answer cells of the exercise"),
    ("tlcore/checkpoints/", "checkpoints", "a checkpoint"),
    ("tlcore/", "course_code", "code of the course"),
    ("grader/hidden/", "engine", "how hidden tests run"),
    ("grader/", "engine", "how answers are run and judged"),
)


@dataclass(frozen=True)
class Reason:
    """Why points changed: a code for scripts, and words. The words may quote an override: to be escaped."""

    code: str
    words: str


def reasons_of(
    old: SubmissionResult,
    new: SubmissionResult,
    id: str,
    judges: Mapping[str, dict[str, Any]],
    same_key: SameKey | None,
) -> tuple[Reason, ...]:
    """All that differs between two results of one question and may have changed its points."""
    one = next((question for question in old.questions if question.id == id), None)
    other = next((question for question in new.questions if question.id == id), None)
    if one is None:
        return (Reason("new_question", "the exercise did not have this question before"),)
    if other is None:
        return (Reason("no_question", "the exercise does not have this question any more"),)
    found = []
    if (by_hand := _by_hand(one, other)) is not None:
        found.append(by_hand)
        if one.as_judged().points == other.as_judged().points:
            return tuple(found)  # nothing else changed them
    if Status.NOT_GRADED in (one.status, other.status):
        had = " had" if one.status is Status.NOT_GRADED else ""
        found.append(Reason("grader", f"the grader{had} failed on this question"))
    if old.digest != new.digest:
        found.append(Reason("notebook", "the notebook changed"))
    if abs(one.max_points - other.max_points) > _SMALL:
        found.append(Reason("maximum", f"the question gave {one.max_points:g} points, now {other.max_points:g}"))
    if old.package != new.package:
        found.append(Reason("package", f"tl-exercises {old.package} before, {new.package} now"))
    if old.judged_by != new.judged_by:
        found += _judged_by(judges.get(old.judged_by), judges.get(new.judged_by), new.exercise, id)
    if old.seed != new.seed:
        found += _inputs(old, new, same_key)
    if old.isolation is not new.isolation:
        found.append(Reason("isolation", f"isolation {old.isolation} before, {new.isolation} now"))
    return tuple(found) or (
        Reason("chance", "nothing that this question is judged by changed: the answer depends on chance or time"),
    )


def _by_hand(one: QuestionResult, other: QuestionResult) -> Reason | None:
    before, after = one.override, other.override
    if after is not None and (before is None or (before.points, before.reason) != (after.points, after.reason)):
        by = f" ({after.by})" if after.by else ""
        return Reason("override", f"set by hand: {after.reason}{by}")
    if before is not None and after is None:
        return Reason("override", "points that were set by hand do not count any more")
    return None


def _inputs(old: SubmissionResult, new: SubmissionResult, same_key: SameKey | None) -> list[Reason]:
    if same_key is None:
        return [Reason("inputs", "other hidden inputs")]
    if not same_key(old):
        return [Reason("key", "hidden inputs from another course key")]
    if old.digest != new.digest:  # after feedback, inputs are drawn from the notebook: it is the notebook that changed
        return []
    return [Reason("inputs", "hidden inputs of its own, as drawn after feedback was given")]


def _judged_by(
    before: dict[str, Any] | None, after: dict[str, Any] | None, exercise: str, question: str
) -> list[Reason]:
    if before is None or after is None:
        return [Reason("judged_by", "judged by other sources; which ones is not recorded")]
    changed = changed_files(before, after)
    files: dict[tuple[str, str], list[str]] = {}
    for path in changed:
        kind = _kind(path, exercise[3:], question)
        if kind[0]:
            files.setdefault(kind, []).append(path)
    return [Reason(code, f"{words} changed: {_some(files[code, words])}") for code, words in files]


def _kind(path: str, topic: str, question: str) -> tuple[str, str]:
    """Code and words for a file that decides points."""
    return next(
        (code, words)
        for begins, code, words in (*_KINDS, ("", "engine", "how answers are judged"))
        if path.startswith(begins.format(topic=topic, question=question))
    )


def _some(paths: list[str]) -> str:
    return ", ".join(paths[:2]) + (f" and {len(paths) - 2} more" if len(paths) > 2 else "")
