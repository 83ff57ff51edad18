"""What an exercise is: its questions, and the cells that its notebook is built from.

The trusted side asks this for titles, points, minutes, objectives and hints, so it stays light: no torch, no nbgrader.
Nothing here is for learners: an `Exercise` holds the solutions.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from grader.exercise.errors import UnknownExercise
from grader.exercise.names_in_code import without_magics

#: The checkout: the folder with solutions/ and exercises/.
ROOT = Path(__file__).resolve().parents[2]
NAME = re.compile(r"\d\d_[a-z][a-z0-9_]*")


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
    def imports(self) -> frozenset[str]:
        """The packages that its notebook's cells import by name, and PEFT where it tells of the stand-ins, which are
        PEFT's and with which answers are judged."""
        code = [cell.source for cell in self.cells if cell.role in ("code", "answer")]
        behind = {"peft"} if any("tlcore.stand_ins" in cell.source for cell in self.cells) else set()
        return frozenset(package for source in code for package in _imported(source)) | behind

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


def exercise_names(root: Path = ROOT) -> list[str]:
    """The names of all exercises that have a solution, in order."""
    return sorted(path.stem for path in (root / "solutions").glob("*.py") if NAME.fullmatch(path.stem))


def load_exercise(name: str, root: Path = ROOT) -> Exercise:
    """Read the exercise called `name` from `root/solutions`.

    Reading again is free while the file, and the references of its topic, stay as they are. Raises UnknownExercise
    (with the known ones), or AuthoringError for a solution file that is not
    complete (with every problem, file and line).
    """
    path = root / "solutions" / f"{name}.py"
    if not NAME.fullmatch(name) or not path.is_file():
        raise UnknownExercise(name, exercise_names(root))
    # An answer cell can be made from its reference.
    made_from = [path, *sorted((root / "tlcore" / "reference" / name[3:]).glob("*.py"))]
    states = [(each.name, each.stat()) for each in made_from]
    return _load(path, tuple((file, state.st_mtime_ns, state.st_size) for file, state in states))


def imported_by(names: Iterable[str], root: Path = ROOT) -> set[str]:
    """The packages that the notebooks of these exercises import by name. Other names count for nothing."""
    known = set(exercise_names(root))
    return {package for name in names if name in known for package in load_exercise(name, root).imports}


def _imported(source: str) -> Iterator[str]:
    """The top-level packages that a cell of a solution file imports."""
    for node in ast.walk(ast.parse(without_magics(source))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


@lru_cache(maxsize=64)
def _load(path: Path, states: tuple[tuple[str, int, int], ...]) -> Exercise:
    from grader.exercise.reading import read_exercise

    return read_exercise(path)
