"""The record of one graded submission: plain dataclasses that check themselves when built and when read.

Everything textual may hold what a hostile learner wrote: records keep it as it is, whoever shows it escapes it.
"""

import math
from dataclasses import MISSING, asdict, dataclass, field, fields, replace
from typing import Any, Self

from grader.sandbox.tiers import Tier

from .errors import DamagedRecord, NewerRecord
from .status import Ended, State, Status

FORMAT = 1  # raised whenever an older version could misread a record

SUBMISSION_STATUSES = ("graded", "not_graded")

# Points are sums of a few decimal fractions; anything further apart is a mistake, not rounding.
_ROUNDING = 1e-6
_LARGEST = 1.7e308


class _Checked:
    """Building from a dict, with the name of the field that is wrong in the error."""

    __slots__ = ()

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """The object that `to_dict` wrote. Raises DamagedRecord where a field is missing, unknown or malformed."""
        if not isinstance(data, dict):
            raise DamagedRecord(f"expected an object, found {_kind(data)}")
        known = {each.name: each for each in fields(cls) if each.init}  # type: ignore[arg-type]
        if unknown := [str(key) for key in data if key not in known]:
            raise DamagedRecord(f"unknown field {unknown[0][:60]!r}")
        for name, each in known.items():
            if name not in data and each.default is MISSING and each.default_factory is MISSING:
                raise DamagedRecord(f"field {name!r} is missing")
        return cls(**data)

    def _texts(self, *names: str) -> None:
        for name in names:
            _require(isinstance(getattr(self, name), str), name, "a text", getattr(self, name))

    def _lists(self, *names: str) -> None:
        for name in names:
            value = getattr(self, name)
            good = isinstance(value, (list, tuple)) and all(isinstance(each, str) for each in value)
            _require(good, name, "a list of texts", value)
            setattr(self, name, list(value))

    def _numbers(self, *names: str) -> None:
        for name in names:
            value = getattr(self, name)
            good = isinstance(value, (int, float)) and not isinstance(value, bool)
            # Compared, not converted: an integer may be too large for a float. NaN fails every comparison.
            _require(good and 0 <= value <= _LARGEST, name, "a finite number, zero or more", value)
            setattr(self, name, float(value))

    def _points(self) -> None:
        self._numbers("points", "max_points")
        values = [getattr(self, name) for name in ("points", "max_points")]
        _require(values[0] <= values[1] + _ROUNDING, "points", f"at most max_points ({values[1]:g})", values[0])

    def _choice(self, name: str, allowed: tuple[str, ...]) -> None:
        _require(getattr(self, name) in allowed, name, "one of " + ", ".join(allowed), getattr(self, name))

    def _nested(self, name: str, kind: type["_Checked"]) -> None:
        value = getattr(self, name)
        _require(isinstance(value, (list, tuple)), name, "a list", value)
        built = []
        for index, each in enumerate(value):
            try:
                built.append(each if isinstance(each, kind) else kind.from_dict(each))
            except DamagedRecord as error:
                raise DamagedRecord(f"{name}[{index}]: {error}") from None
        setattr(self, name, built)


@dataclass(slots=True)
class Advice(_Checked):
    """A misconception that was recognised, and the question that a learner may ask themselves."""

    misconception: str
    asks: str

    def __post_init__(self) -> None:
        self._texts("misconception", "asks")


@dataclass(slots=True)
class Behaviour(_Checked):
    """One behaviour that a question asks for: what was expected, and what was observed."""

    name: str
    passed: bool
    points: float
    max_points: float
    message: str = ""
    observed: str = ""
    expected: str = ""
    picture: dict[str, Any] | None = None  # for tlcore.plots; the numbers come from untrusted code

    def __post_init__(self) -> None:
        self._texts("name", "message", "observed", "expected")
        _require(isinstance(self.passed, bool), "passed", "true or false", self.passed)
        self._points()
        if self.picture is not None:
            _require(isinstance(self.picture, dict), "picture", "an object or null", self.picture)
            self.picture = _jsonable(self.picture)


@dataclass(frozen=True, slots=True)
class Override:
    """Points that the instructor set by hand, why, and who did (may be empty); and what the hidden tests had given."""

    points: float
    reason: str
    by: str
    judged: float
    judged_status: Status

    def __str__(self) -> str:
        """In one line, for a terminal or a table. `reason` and `by` are as somebody wrote them: to be escaped."""
        by = f" ({self.by})" if self.by else ""
        return f"{self.points:g} instead of {self.judged:g}: {self.reason}{by}"


@dataclass(frozen=True, slots=True)
class TextPoints:
    """What a person gave for a free text, which is beside the points of the questions; `comment` may be empty."""

    id: str
    points: float
    max_points: float
    comment: str


@dataclass(slots=True)
class QuestionResult(_Checked):
    """One question of an exercise: what the hidden tests found, in points and in words. `minutes` is a learner's time;
    `objectives` are codes such as O2 or O3V.

    `ended` tells kinds of `error` apart; it is empty in records from before there was this field.
    `override` is set on reading (see overrides.py) and never written; `points` and `status` are then those after it.
    """

    id: str
    title: str
    minutes: float
    objectives: list[str]
    points: float
    max_points: float
    status: Status
    misconceptions: list[str] = field(default_factory=list)
    message: str = ""
    advice: list[Advice] = field(default_factory=list)
    behaviours: list[Behaviour] = field(default_factory=list)
    ended: Ended = Ended.ORDINARY
    override: Override | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._texts("id", "title", "message")
        self._numbers("minutes")
        self._lists("objectives", "misconceptions")
        self._points()
        self._choice("status", tuple(Status))
        self._choice("ended", tuple(Ended))
        self.status, self.ended = Status(self.status), Ended(self.ended)
        self._nested("advice", Advice)
        self._nested("behaviours", Behaviour)

    @property
    def state(self) -> State:
        """What is shown to people: the status, or, of an answer that did not run, how it ended where that is known."""
        return self.ended if self.status is Status.ERROR and self.ended else self.status

    def set_by_hand(self, points: float, reason: str, by: str) -> None:
        """Put `points` in place of the judged ones; the status follows them."""
        before = self.as_judged()
        self.override = Override(points, reason, by, before.points, before.status)
        self.points = points
        self.status = _status_of(points, self.max_points)

    def as_judged(self) -> Self:
        """The question as the hidden tests left it."""
        if self.override is None:
            return self
        # replace() leaves out `override`, which is no argument.
        return replace(self, points=self.override.judged, status=self.override.judged_status)


@dataclass(slots=True)
class SubmissionResult(_Checked):
    """One learner's notebook for one exercise, graded or not. `digest` is of the notebook, `judged_by` of the sources
    that decided points and messages (empty in a record from before there was such a digest).

    `texts` are set on reading (see texts.py) and never written; they are no part of `points`.
    `seconds` are wall time, `answer_seconds` what of it went into running the learner's cells and the hidden calls,
    `cpu_seconds` the CPU time of the learner's processes.
    """

    package: str
    isolation: Tier
    learner: str
    exercise: str
    status: str
    reason: str | None
    points: float
    max_points: float
    seed: str
    digest: str
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    answer_seconds: float = 0.0
    judged_by: str = ""
    remarks: list[str] = field(default_factory=list)
    questions: list[QuestionResult] = field(default_factory=list)
    texts: list[TextPoints] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self._texts("package", "learner", "exercise", "seed", "digest", "judged_by")
        self._choice("isolation", tuple(Tier))
        self.isolation = Tier(self.isolation)
        self._choice("status", SUBMISSION_STATUSES)
        self._points()
        self._numbers("seconds", "cpu_seconds", "answer_seconds")
        self._lists("remarks")
        self._nested("questions", QuestionResult)
        ids = [question.id for question in self.questions]
        _require(len(ids) == len(set(ids)), "questions", "questions with different ids", ids)
        if self.status == "not_graded":
            _require(isinstance(self.reason, str) and self.reason, "reason", "a text that says why", self.reason)
            _require(self.points == 0, "points", "0 where nothing was graded", self.points)
            return
        _require(self.reason is None or isinstance(self.reason, str), "reason", "a text or null", self.reason)
        for name in ("points", "max_points"):
            total = math.fsum(getattr(question, name) for question in self.questions)
            good = abs(getattr(self, name) - total) < 1e-3
            _require(good, name, f"the sum over the questions ({total:g})", getattr(self, name))

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """The submission that `to_dict` wrote. Raises DamagedRecord, or NewerRecord for a later format."""
        if isinstance(data, dict) and "format" in data:
            data = dict(data)
            version = data.pop("format")
            if isinstance(version, int) and version > FORMAT:
                raise NewerRecord(f"format {version}, and this version knows formats up to {FORMAT}")
            _require(version == FORMAT and not isinstance(version, bool), "format", str(FORMAT), version)
        # The builtin super() does not work in a class that `slots=True` has made anew.
        return super(SubmissionResult, cls).from_dict(data)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON-able data as it was judged, with the number of the format first."""
        data = asdict(self.as_judged())
        del data["texts"]
        for question in data["questions"]:
            del question["override"]
        return {"format": FORMAT, **data}

    @property
    def overridden(self) -> list[QuestionResult]:
        """The questions whose points were set by hand."""
        return [question for question in self.questions if question.override is not None]

    def as_judged(self) -> Self:
        """The record as the hidden tests left it."""
        if not self.overridden:
            return self
        questions = [question.as_judged() for question in self.questions]
        return replace(self, questions=questions, points=_total(questions))

    def set_by_hand(self, question: str, points: float, reason: str, by: str) -> None:
        """Put `points` in place of what `question` was judged; the total follows. `question` is one of these."""
        next(each for each in self.questions if each.id == question).set_by_hand(points, reason, by)
        self.points = _total(self.questions)

    @property
    def key(self) -> tuple[str, str]:
        """Learner and exercise: there is one record for each pair."""
        return self.learner, self.exercise

    @property
    def complete(self) -> bool:
        """True where no question waits to be graded again."""
        return self.status == "graded" and all(question.status is not Status.NOT_GRADED for question in self.questions)


def _total(questions: list[QuestionResult]) -> float:
    return round(math.fsum(question.points for question in questions), 4)


def _status_of(points: float, most: float) -> Status:
    if points >= most - _ROUNDING:
        return Status.PASSED
    return Status.PARTIAL if points else Status.FAILED


def _jsonable(value: Any, depth: int = 0) -> Any:
    """`value` with only what JSON has; NaN and infinities become null. Raises DamagedRecord for anything else."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float)):
        # JSON has no NaN: in a picture null stands for "no value" (tlcore.plots reads it so).
        return value if -_LARGEST <= value <= _LARGEST else None
    if depth < 12:
        if isinstance(value, (list, tuple)):
            return [_jsonable(each, depth + 1) for each in value]
        if isinstance(value, dict) and all(isinstance(key, str) for key in value):
            return {key: _jsonable(each, depth + 1) for key, each in value.items()}
    raise DamagedRecord(f"field 'picture' must hold plain JSON data, found {_kind(value)}")


def _require(good: Any, name: str, wanted: str, found: Any) -> None:
    if not good:
        raise DamagedRecord(f"field {name!r} must be {wanted}, found {_kind(found)}")


def _kind(value: Any) -> str:
    if value is None or isinstance(value, (bool, int, float, str)):
        return ascii(value)[:60]  # ascii: a message in a terminal must not carry control characters
    return type(value).__name__
