"""Two gradings of a class, laid side by side: who gained or lost, at which question, by how much and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .reasons import Reason, SameKey, reasons_of
from .record import QuestionResult, SubmissionResult
from .status import Status

_SMALL = 1e-6


@dataclass(frozen=True)
class Change:
    """One question, or a whole submission (then `question` is None), whose points changed. Points may be None: not
    graded, or not there."""

    learner: str
    exercise: str
    question: str | None
    title: str
    before: float | None
    after: float | None
    max_points: float
    reasons: tuple[Reason, ...]

    @property
    def difference(self) -> float | None:
        """By how much; None where one of the two is not there."""
        return None if self.before is None or self.after is None else round(self.after - self.before, 4)


@dataclass
class Comparison:
    """What changed, by learner, exercise and question; and how many submissions were laid side by side."""

    changes: list[Change] = field(default_factory=list)
    compared: int = 0

    def totals(self) -> dict[str, float]:
        """Learner -> by how much their points changed, over what was graded both times."""
        found: dict[str, float] = {}
        for change in self.changes:
            if change.difference is not None:
                found[change.learner] = found.get(change.learner, 0.0) + change.difference
        return {learner: round(total, 4) for learner, total in found.items()}

    @property
    def gained(self) -> list[str]:
        """Learners who have more points than before."""
        return [learner for learner, total in self.totals().items() if total > _SMALL]

    @property
    def lost(self) -> list[str]:
        """Learners who have fewer."""
        return [learner for learner, total in self.totals().items() if total < -_SMALL]

    @property
    def newly_graded(self) -> int:
        """Submissions that have points now and had none."""
        return sum(change.question is None and change.before is None for change in self.changes)

    @property
    def no_longer_graded(self) -> int:
        """Submissions that had points and have none now."""
        return sum(change.question is None and change.after is None for change in self.changes)

    def by_question(self) -> list[tuple[str, str, int, int, float]]:
        """Exercise, question's title, how many gained and lost there, and points in all; what moved most first."""
        found: dict[tuple[str, str], list[float]] = {}
        for change in self.changes:
            if change.question is not None and change.difference is not None:
                found.setdefault((change.exercise, change.title), []).append(change.difference)
        rows = [
            (*key, sum(each > 0 for each in moved), sum(each < 0 for each in moved), round(sum(moved), 4))
            for key, moved in found.items()
        ]
        return sorted(rows, key=lambda row: (-row[2] - row[3], row[:2]))

    def sentence(self) -> str:
        """`5 learners gained, 1 lost`, and what else there is to say."""
        if not self.changes:
            return "nobody's points changed"
        gained, lost = len(self.gained), len(self.lost)
        parts = [f"{gained} learner{'' if gained == 1 else 's'} gained", f"{lost} lost"]
        if self.newly_graded:
            parts.append(f"{self.newly_graded} newly graded")
        if self.no_longer_graded:
            parts.append(f"{self.no_longer_graded} no longer graded")
        return ", ".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for a script."""
        return {
            "compared": self.compared,
            "gained": self.gained,
            "lost": self.lost,
            "newly_graded": self.newly_graded,
            "no_longer_graded": self.no_longer_graded,
            "changes": [
                {
                    "learner": each.learner,
                    "exercise": each.exercise,
                    "question": each.question,
                    "before": each.before,
                    "after": each.after,
                    "difference": each.difference,
                    "max_points": each.max_points,
                    "reasons": [{"code": reason.code, "words": reason.words} for reason in each.reasons],
                }
                for each in self.changes
            ],
        }


def compare(
    before: Iterable[SubmissionResult],
    after: Iterable[SubmissionResult],
    judges: Mapping[str, dict[str, Any]] | None = None,
    same_key: SameKey | None = None,
) -> Comparison:
    """Lay two gradings side by side.

    judges: what the digests `judged_by` of both stand for (see judges.py). Without `same_key`, nothing is said of why
    hidden inputs differ.
    """
    old = {record.key: record for record in before}
    new = {record.key: record for record in after}
    found = Comparison(compared=len({*old} & {*new}))
    for key in sorted({*old, *new}, key=lambda key: (key[0].casefold(), *key)):
        found.changes += _changes(old.get(key), new.get(key), judges or {}, same_key)
    return found


def _changes(
    old: SubmissionResult | None,
    new: SubmissionResult | None,
    judges: Mapping[str, dict[str, Any]],
    same_key: SameKey | None,
) -> list[Change]:
    if old is None or new is None or "not_graded" in (old.status, new.status):
        return _as_a_whole(old, new)
    changes = []
    theirs = {question.id: question for question in old.questions}
    ours = {question.id: question for question in new.questions}
    for id in {**ours, **theirs}:
        one, other = theirs.get(id), ours.get(id)
        if _points(one) == _points(other):
            continue
        shown = other or one
        assert shown is not None
        reasons = reasons_of(old, new, id, judges, same_key)
        change = Change(
            new.learner, new.exercise, id, shown.title, _points(one), _points(other), shown.max_points, reasons
        )
        changes.append(change)
    return changes


def _as_a_whole(old: SubmissionResult | None, new: SubmissionResult | None) -> list[Change]:
    shown = new or old
    assert shown is not None
    before = old.points if old is not None and old.status == "graded" else None
    after = new.points if new is not None and new.status == "graded" else None
    if before is None and after is None:
        return []
    if old is None:
        reason = Reason("new", "there was no such submission before")
    elif new is None:
        reason = Reason("gone", "there is no such submission any more")
    elif before is None:
        reason = Reason("not_graded_before", f"it could not be graded before: {old.reason}")
    else:
        reason = Reason("not_graded", f"it could not be graded: {new.reason}")
    return [Change(shown.learner, shown.exercise, None, "", before, after, shown.max_points, (reason,))]


def _points(question: QuestionResult | None) -> float | None:
    if question is None or question.status is Status.NOT_GRADED:
        return None
    return round(question.points, 6)
