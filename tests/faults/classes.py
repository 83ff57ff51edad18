"""Classes to disturb: their submissions, the real `tl grade` on them, and what is compared afterwards."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from grader.authoring.notebook import fill, to_bytes
from grader.demo.classroom_files import released, solved
from grader.exercise.catalogue import exercise_names, load_exercise

TL = [sys.executable, "-m", "grader.cli"]
EXERCISE = exercise_names()[0]
QUESTIONS = [question.id for question in load_exercise(EXERCISE).questions]
_WRONG = {QUESTIONS[0]: f"def {QUESTIONS[0]}(*args, **kwargs):\n    return None"}


def write_class(folder: Path, size: int) -> Path:
    """A third right, a third with a wrong first answer, a third who filled nothing."""
    return _write_in_turn(folder, size, [solved(EXERCISE), fill(solved(EXERCISE), _WRONG), released(EXERCISE)])


def write_cheap_class(folder: Path, size: int) -> Path:
    """The same, but nobody got further than the first question: for faults that are tried many times."""
    first = load_exercise(EXERCISE).questions[0]
    right = {first.id: first.answer_source}
    kinds = [fill(released(EXERCISE), right), fill(released(EXERCISE), _WRONG), released(EXERCISE)]
    return _write_in_turn(folder, size, kinds)


def _write_in_turn(folder: Path, size: int, kinds: list[NotebookNode]) -> Path:
    files = [to_bytes(kind) for kind in kinds]
    for i in range(size):
        _write(folder, f"learner-{i:02d}", files[i % len(files)])
    return folder


def write_faulty(folder: Path, learner: str, first_answer: str) -> None:
    """One learner more: all answers right but the first one's, whose cell holds this."""
    _write(folder, learner, to_bytes(fill(solved(EXERCISE), {QUESTIONS[0]: first_answer})))


def _write(folder: Path, learner: str, data: bytes) -> None:
    path = folder / learner / f"{EXERCISE}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(data)


def command(submissions: Path, out: Path, *options: str) -> list[str]:
    """The command line that grades a class with a fixed key."""
    words = [*TL, "grade", str(submissions), "--out", str(out), "--key", "k", "--jobs", "2", "--isolation", "best"]
    return [*words, *options]


def start(
    submissions: Path, out: Path, *options: str, before: Sequence[str] = (), **environment: str
) -> subprocess.Popen[str]:
    """`tl grade`, running."""
    return subprocess.Popen(
        [*before, *command(submissions, out, *options)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )


def finish(grading: subprocess.Popen[str], status: int = 0) -> str:
    """Wait for its end, which must have this status; what it wrote on stderr."""
    out, err = grading.communicate(timeout=250)
    assert grading.returncode == status, f"{out[-2000:]}\n{err[-2000:]}"
    return err


def records(out: Path) -> list[Path]:
    """The records that are there."""
    return list(out.glob("records/*/*.json"))


def results(out: Path) -> dict[str, Any]:
    """What a learner got, by name, times left out. Every learner has exactly one result."""
    data = json.loads((out / "results.json").read_text())["submissions"]
    assert len(data) == len({s["learner"] for s in data})
    return {
        s["learner"]: (
            s["status"],
            s["points"],
            [(q["id"], q["points"], q["status"], q["misconceptions"], q["message"]) for q in s["questions"]],
        )
        for s in data
    }


def lost_only_the_first(result: tuple[Any, ...]) -> str:
    """Whoever lost the first question by its process's end has full marks on all others; the first one's message."""
    status, _points, questions = result
    assert status == "graded"
    (_id, points, ending, _named, message), *others = questions
    assert (points, ending) == (0.0, "error")
    assert [other[2] for other in others] == ["passed"] * (len(QUESTIONS) - 1)
    return str(message)


def leftovers(out: Path) -> list[Path]:
    """Temporary files in an output folder."""
    return list(out.rglob(".tmp-*"))
