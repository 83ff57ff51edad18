"""What is done and what is left: the progress laid beside the exercises that there are."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grader.exercise.catalogue import ROOT, exercise_names, load_exercise

from ..exercise.objectives import OBJECTIVES
from .progress import Progress


@dataclass(frozen=True)
class QuestionLine:
    """One question: best points so far, a learner's minutes for it, its objectives, and where it stands.

    `status` is "done", "begun" or "open".
    """

    id: str
    title: str
    minutes: float
    difficulty: int
    objectives: list[str]
    points: float
    max_points: float
    status: str
    checks: int
    hints: int
    of_hints: int


@dataclass(frozen=True)
class ExerciseLines:
    """One exercise: its questions, and the notebook that was checked last, if it is still there."""

    name: str
    title: str
    notebook: str | None
    questions: list[QuestionLine]


@dataclass(frozen=True)
class ObjectiveLine:
    """Points of the questions that serve an objective; `O3` counts those of `O3V` and `O3L`, its parts, too."""

    code: str
    title: str
    points: float
    max_points: float
    questions: int


@dataclass(frozen=True)
class Next:
    """What to do next: a question, and the notebook that it is in, where one is known."""

    exercise: str
    question: str
    title: str
    minutes: float
    notebook: str | None


@dataclass(frozen=True)
class Overview:
    """The whole picture. `minutes_left` are those of all questions that have not had full marks yet."""

    points: float
    max_points: float
    minutes: float
    minutes_left: float
    exercises: list[ExerciseLines]
    objectives: list[ObjectiveLine]
    next: Next | None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON-able data."""
        return asdict(self)


def overview(progress: Progress, root: Path = ROOT) -> Overview:
    """Lay `progress` beside the exercises in `root/solutions`. Light: nothing is run, no torch."""
    exercises = [_exercise(progress, name, root) for name in exercise_names(root)]
    questions = [question for exercise in exercises for question in exercise.questions]
    return Overview(
        points=_sum(q.points for q in questions),
        max_points=_sum(q.max_points for q in questions),
        minutes=_sum(q.minutes for q in questions),
        minutes_left=_sum(q.minutes for q in questions if q.status != "done"),
        exercises=exercises,
        objectives=_objectives(questions),
        next=_next(exercises, progress),
    )


def _exercise(progress: Progress, name: str, root: Path) -> ExerciseLines:
    exercise = load_exercise(name, root)
    lines = []
    for question in exercise.questions:
        seen = progress.question(name, question.id)
        status = "done" if seen.full else "begun" if seen.checks else "open"
        points = question.points if seen.full else round(seen.share * question.points, 2)
        lines.append(
            QuestionLine(
                question.id,
                question.title,
                question.minutes,
                question.difficulty,
                list(question.objectives),
                points,
                question.points,
                status,
                seen.checks,
                min(seen.hints, len(question.hints)),
                len(question.hints),
            )
        )
    known = progress.exercises.get(name)
    notebook = known.notebook if known and known.notebook and Path(known.notebook).is_file() else None
    return ExerciseLines(name, exercise.title, notebook, lines)


def _objectives(questions: list[QuestionLine]) -> list[ObjectiveLine]:
    lines = []
    for code, objective in OBJECTIVES.items():
        # A code that another one begins with is its whole: O3 is put to work in vision (O3V) and in language (O3L).
        serving = [q for q in questions if any(each.startswith(code) for each in q.objectives)]
        points, most = _sum(q.points for q in serving), _sum(q.max_points for q in serving)
        lines.append(ObjectiveLine(code, objective.title, points, most, len(serving)))
    return lines


def _next(exercises: list[ExerciseLines], progress: Progress) -> Next | None:
    """The first question that is not done, of the exercise worked on last if that has one."""

    def when(exercise: ExerciseLines) -> str:
        known = progress.exercises.get(exercise.name)
        begun = any(question.checks for question in exercise.questions)
        return (known.checked or "") if known and begun else ""

    for exercise in sorted(exercises, key=when, reverse=True):  # stable: what was never checked stays in its order
        for question in exercise.questions:
            if question.status != "done":
                return Next(exercise.name, question.id, question.title, question.minutes, exercise.notebook)
    return None


def _sum(values: Any) -> float:
    return round(sum(values), 2)
