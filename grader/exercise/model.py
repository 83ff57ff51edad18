"""What an exercise is: its questions, and the cells that its notebook is built from.

The trusted side asks this for titles, points, minutes, objectives and hints, so it stays light: no torch, no nbgrader.
Nothing here is for learners: an `Exercise` holds the solutions.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cell:
    """A cell of the notebook. `role` is prose, code, answer, check, hints or manual; `question` an id.

    A manual cell is free text that a person grades, in nbgrader's formgrader; `tl grade` leaves it alone.
    """

    role: str
    markdown: bool
    source: str  # an answer cell still has its solution and the marks around it
    line: int
    question: str | None = None
    tags: tuple[str, ...] = ()
    points: float = 0.0  # of a manual cell; those of a question are its own


@dataclass(frozen=True)
class Question:
    """A graded question. Objectives are codes of the curriculum (O2, O3V); difficulty is 1 to 3."""

    id: str
    title: str
    minutes: int
    difficulty: int
    objectives: tuple[str, ...]
    hints: tuple[str, ...]  # Markdown, from a nudge to nearly the answer
    answer_source: str  # the solved answer cell, without marks
    blank_source: str  # the answer cell as the learner gets it
    defines: tuple[str, ...]  # the functions, classes or variables that the answer cell is asked to define
    line: int  # of the answer cell in the solution file

    @property
    def points(self) -> float:
        """One point for every five minutes."""
        return round(self.minutes / 5, 2)


@dataclass(frozen=True)
class Exercise:
    """An exercise: `02_feature_extraction` with the topic `feature_extraction`."""

    name: str
    title: str
    path: Path
    questions: tuple[Question, ...]
    cells: tuple[Cell, ...]

    @property
    def topic(self) -> str:
        """The name without its number: what modules about it are called."""
        return self.name[3:]

    @property
    def minutes(self) -> int:
        """A learner's time for all questions."""
        return sum(question.minutes for question in self.questions)

    @property
    def max_points(self) -> float:
        """The sum over the questions."""
        return round(sum(question.points for question in self.questions), 2)

    @property
    def by_hand(self) -> tuple[tuple[str, float], ...]:
        """Id and points of each free text that a person grades; they are not among the other points."""
        return tuple((f"{cell.question}", cell.points) for cell in self.cells if cell.role == "manual")

    def question(self, id: str) -> Question:
        """The question with this id. Raises KeyError, with the ids that there are."""
        for question in self.questions:
            if question.id == id:
                return question
        known = ", ".join(question.id for question in self.questions)
        raise KeyError(f"{self.name} has no question '{id}'; it has {known}")
