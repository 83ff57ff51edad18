"""A learner's progress: best points, hints seen, and the key of the hidden inputs. Plain data that checks itself."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from .errors import DamagedProgress, ProgressUnavailable

FORMAT = 1  # raised whenever an older version could misread the file

# Points are sums of a few decimal fractions; what is nearer than this to full marks is full marks.
NEARLY = 1e-6


@dataclass
class QuestionProgress:
    """What is known of one question: the best points so far of how many, hints and checks counted.

    `answer` is a digest of the answer that was checked last, `status` what that check gave, `solved` the time of the
    first full marks (ISO 8601) or None.
    """

    points: float = 0.0
    max_points: float = 0.0
    status: str = ""
    checks: int = 0
    hints: int = 0
    answer: str = ""
    solved: str | None = None

    @property
    def share(self) -> float:
        """Best points of all points, 0 to 1. A later release may give the question another number of points."""
        return min(1.0, self.points / self.max_points) if self.max_points > 0 else 0.0

    @property
    def full(self) -> bool:
        """True once it has had full marks."""
        return self.max_points > 0 and self.points >= self.max_points - NEARLY

    def keep_best(self, points: float, max_points: float) -> None:
        """Take in the points of a check; fewer than before change nothing."""
        best = max(self.share, points / max_points) if max_points > 0 else self.share
        self.points, self.max_points = round(best * max_points, 6), max_points


@dataclass
class ExerciseProgress:
    """One exercise: its questions, the notebook that was checked last, and when."""

    questions: dict[str, QuestionProgress] = field(default_factory=dict)
    notebook: str | None = None
    checked: str | None = None


@dataclass
class Progress:
    """All that is kept. `key` is this learner's own: the hidden inputs are drawn from it."""

    key: str = field(default_factory=lambda: secrets.token_hex(16))
    exercises: dict[str, ExerciseProgress] = field(default_factory=dict)

    def question(self, exercise: str, id: str) -> QuestionProgress:
        """What is known of a question; an empty entry, which is not kept, where nothing is."""
        known = self.exercises.get(exercise)
        return (known.questions.get(id) if known else None) or QuestionProgress()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON-able data, with the number of the format first."""
        return {"format": FORMAT, **asdict(self)}

    @classmethod
    def from_dict(cls, data: Any) -> "Progress":
        """What `to_dict` gave. Raises DamagedProgress, or ProgressUnavailable for a later format."""
        top = _mapping(data, "the file")
        version = top.get("format")
        if type(version) is int and version > FORMAT:
            raise ProgressUnavailable(
                f"your progress was written by a newer version (format {version}, this one knows {FORMAT}): "
                "update this package, or set TL_HOME to another folder to begin anew there"
            )
        if type(version) is not int or version != FORMAT:
            raise DamagedProgress(f"'format' is {ascii(version)[:40]}, not {FORMAT}")
        key = _text(top, "key", "the file")
        if not key:
            raise DamagedProgress("'key' is empty")
        exercises = _mapping(top.get("exercises"), "'exercises'")
        return cls(key, {name: _exercise(entry, f"'{name}'") for name, entry in exercises.items()})


def _exercise(data: Any, where: str) -> ExerciseProgress:
    entry = _mapping(data, where)
    questions = _mapping(entry.get("questions"), f"the questions of {where}")
    return ExerciseProgress(
        {id: _question(each, f"'{id}' of {where}") for id, each in questions.items()},
        _text(entry, "notebook", where, optional=True),
        _text(entry, "checked", where, optional=True),
    )


def _question(data: Any, where: str) -> QuestionProgress:
    entry = _mapping(data, where)
    numbers = {name: _number(entry, name, where) for name in ("points", "max_points", "checks", "hints")}
    return QuestionProgress(
        points=min(numbers["points"], numbers["max_points"]),
        max_points=numbers["max_points"],
        status=_text(entry, "status", where) or "",
        checks=int(numbers["checks"]),
        hints=int(numbers["hints"]),
        answer=_text(entry, "answer", where) or "",
        solved=_text(entry, "solved", where, optional=True),
    )


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise DamagedProgress(f"{where} is not an object")
    return value


def _text(entry: Mapping[str, Any], name: str, where: str, optional: bool = False) -> str | None:
    value = entry.get(name)
    if isinstance(value, str) or (optional and value is None):
        return value
    raise DamagedProgress(f"{where}: '{name}' is not a text")


def _number(entry: Mapping[str, Any], name: str, where: str) -> float:
    value = entry.get(name)
    # 1e9: far above any points or counts, and an integer may be too large for a float. NaN fails every comparison.
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1e9:
        return float(value)
    raise DamagedProgress(f"{where}: '{name}' is not a number, zero or more")
