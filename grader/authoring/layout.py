"""What lies in the rooms of the questions: everything that is missing, misspelt or belongs to nobody. Runs nothing."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from pathlib import Path

from grader.authoring.tools_and_stand_ins import unknown_names, unused_tools
from grader.exercise.catalogue import ROOT, exercise_names, load_exercise
from grader.exercise.errors import AuthoringError
from grader.exercise.model import Exercise

ROOMS = ("tlcore/checks", "tlcore/reference", "tlcore/misconceptions", "grader/hidden")
ANSWERS = "tests/answers"


def files_of(topic: str, question: str, root: Path = ROOT) -> list[Path]:
    """The file of a question in every room."""
    return [root / room / topic / f"{question}.py" for room in ROOMS]


def of_exercise(exercise: Exercise, root: Path = ROOT) -> Iterator[str]:
    """What belongs to no question of the topic, with the question that may be meant; unknown names in its set-ups."""
    for setups in sorted((root / "grader" / "hidden" / exercise.topic).glob("setups*.py")):
        yield from unknown_names(setups, root)
    ids = [question.id for question in exercise.questions]
    for room in ROOMS:
        for path in _entries(root / room / exercise.topic):
            shared = path.stem == "__init__" or path.stem.startswith("setups")
            if not (shared or path.stem in ids) or path.suffix != ".py":
                yield _stranger(path, root, ids, f"is of no question of {exercise.name}")
    for folder in _entries(root / ANSWERS / exercise.topic):
        if folder.name not in ids:
            yield _stranger(folder, root, ids, f"is of no question of {exercise.name}")
            continue
        for path in _entries(folder):
            if not path.name.startswith(("right_", "wrong_")) or path.suffix != ".py":
                yield f"{path.relative_to(root)}:1: is neither right_*.py nor wrong_*.py; rename or remove it"


def of_question(exercise: Exercise, question: str, root: Path = ROOT) -> Iterator[str]:
    """Files that the question lacks, those that still have a TODO, and tools and stand-ins that nobody defines."""
    yield from unknown_names(root / "grader" / "hidden" / exercise.topic / f"{question}.py", root)
    for path in files_of(exercise.topic, question, root):
        if not path.is_file():
            yield f"{path.relative_to(root)}:1: is missing; `tl new {exercise.name} {question}` writes it"
    answers = sorted((root / ANSWERS / exercise.topic / question).glob("*.py"))
    # The cells of other questions in the same solution file count too: it is built as one.
    for path in [exercise.path, *files_of(exercise.topic, question, root), *answers]:
        if path.is_file():
            for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
                if "TODO" in line:
                    yield f"{path.relative_to(root)}:{number}: still to be written: {line.strip(' #')}"


def strangers(root: Path = ROOT) -> Iterator[str]:
    """Topics without an exercise, tools that no hidden test uses, ids that two notebooks have."""
    topics = [name[3:] for name in exercise_names(root)]
    for room in (*ROOMS, ANSWERS):
        for path in _entries(root / room):
            if path.is_dir() and path.name not in topics:
                yield _stranger(path, root, topics, "is of no exercise")
            elif not path.is_dir() and path.stem not in {"__init__", "registry"}:
                yield f"{path.relative_to(root)}:1: is in no topic's folder; move or remove it"
    for path in _entries(root / "tlcore" / "stand_ins"):
        if path.stem not in {"__init__", *topics}:
            yield _stranger(path, root, topics, "is of no exercise")
    yield from unused_tools(root)
    for path in sorted((root / "grader" / "student").glob("*.py")):
        yield from unknown_names(path, root)
    yield from same_ids(root)


def same_ids(root: Path = ROOT) -> Iterator[str]:
    """Ids that two exercises have: `check("freeze")` can mean one thing only. Solutions that cannot be read are passed
    over."""
    first: dict[str, str] = {}
    for name in exercise_names(root):
        try:
            exercise = load_exercise(name, root)
        except AuthoringError:
            continue
        for question in exercise.questions:
            place = f"{exercise.path.relative_to(root)}:{question.line}"
            other = first.setdefault(question.id, place)
            if other != place:
                yield f"{place}: {other} has a question '{question.id}' too; choose another id"


def _entries(folder: Path) -> list[Path]:
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in found if path.name != "__pycache__" and not path.name.startswith(".")]


def _stranger(path: Path, root: Path, known: Collection[str], text: str) -> str:
    near = difflib.get_close_matches(path.stem, known, 1)
    meant = f"did you mean '{near[0]}'? Rename it" if near else "remove it, or add what it is for"
    return f"{path.relative_to(root)}:1: {text}; {meant}"
