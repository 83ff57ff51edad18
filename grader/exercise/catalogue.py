"""Which exercises there are, and each of them read from its solution file."""

import re
from functools import lru_cache
from pathlib import Path

from grader.exercise.errors import UnknownExercise
from grader.exercise.model import Exercise
from grader.exercise.reading import read_exercise

#: The folder with `grader` and `tlcore`: the checkout, or where the wheel was installed.
ROOT = Path(__file__).resolve().parents[2]
NAME = re.compile(r"\d\d_[a-z][a-z0-9_]*")


def course_folder(root: Path = ROOT) -> Path:
    """The folder with solutions/, exercises/, pyproject.toml and constraints.txt: a checkout itself, or, where a wheel
    was installed, the one that tools/wheel_course.py put into it."""
    installed = root / "grader" / "course_files"
    return installed if installed.is_dir() else root


def exercise_names(root: Path = ROOT) -> list[str]:
    """The names of all exercises that have a solution, in order."""
    return sorted(path.stem for path in (course_folder(root) / "solutions").glob("*.py") if NAME.fullmatch(path.stem))


def load_exercise(name: str, root: Path = ROOT) -> Exercise:
    """Read the exercise called `name` from `root/solutions`.

    Reading again is free while the file, and the references of its topic, stay as they are. Raises UnknownExercise
    (with the known ones), or AuthoringError for a solution file that is not complete (with every problem, file and
    line).
    """
    path = course_folder(root) / "solutions" / f"{name}.py"
    if not NAME.fullmatch(name) or not path.is_file():
        raise UnknownExercise(name, exercise_names(root))
    # An answer cell can be made from its reference.
    made_from = [path, *sorted((root / "tlcore" / "reference" / name[3:]).glob("*.py"))]
    states = [(each.name, each.stat()) for each in made_from]
    return _load(path, tuple((file, state.st_mtime_ns, state.st_size) for file, state in states))


@lru_cache(maxsize=64)
def _load(path: Path, states: tuple[tuple[str, int, int], ...]) -> Exercise:
    return read_exercise(path)
