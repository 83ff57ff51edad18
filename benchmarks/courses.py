"""The same exercise, set up for each of three graders: ours, nbgrader's and otter's own, with the same hidden tests.

For nbgrader and otter the tests run where those tools run them, in the notebook's kernel (`benchmarks.in_process`).
The notebooks hold the answer cells and the imports only, so that nobody is measured running cells that merely explore.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from grader.exercise.catalogue import load_exercise
from grader.exercise.model import Exercise
from grader.grading.course_key import seed_of_exercise
from grader.hidden.registry import hidden_tests

KEY = "benchmark"
PYTHON = Path(sys.executable)


def notebooks(exercise: str, folder: Path, count: int) -> list[Path]:
    """`count` submissions below `folder`: by turns all right, one answer wrong, another wrong, half left blank."""
    written = []
    for i in range(count):
        path = folder / f"learner-{i:04d}" / f"{exercise}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(_submission(load_exercise(exercise), i), path)
        written.append(path)
    return written


def _submission(exercise: Exercise, number: int) -> NotebookNode:
    """One submission. Wrong answers are the blank, one that returns its input, and one that returns nothing."""
    questions = list(exercise.questions)
    cells = [new_code_cell(_imports(exercise), id="imports")]
    for place, question in enumerate(questions):
        source = question.answer_source
        if number % 4 == 1 and place == 0:
            source = _returning(question.defines[0], "args[0]")
        if number % 4 == 2 and place == len(questions) - 1:
            source = _returning(question.defines[0], "None")
        if number % 4 == 3 and place >= len(questions) // 2:
            source = question.blank_source
        cells.append(_cell(source, question.id, solution=True))
        cells.append(_cell("# the check", f"{question.id}_test", points=question.points))
    return new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})


def _returning(name: str, what: str) -> str:
    return f"def {name}(*args, **kwargs):\n    return {what}"


def _imports(exercise: Exercise) -> str:
    """The import statements of the exercise's ordinary cells, and nothing else of them."""
    found: dict[str, None] = {}
    for cell in exercise.cells:
        if cell.markdown or cell.role == "public_check":
            continue
        try:
            tree = ast.parse(cell.source)
        except SyntaxError:  # a magic
            continue
        found.update({ast.unparse(n): None for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)})
    return "\n".join(found)


def _cell(source: str, grade_id: str, solution: bool = False, points: float | None = None) -> NotebookNode:
    nbgrader = {"grade_id": grade_id, "solution": solution, "grade": points is not None, "locked": not solution}
    nbgrader |= {"schema_version": 3, "task": False} | ({"points": points} if points is not None else {})
    return new_code_cell(source, id=grade_id.replace(".", "-"), metadata={"nbgrader": nbgrader})


def nbgrader_course(exercise: str, folder: Path, submissions: list[Path]) -> None:
    """An nbgrader course in `folder`: the assignment generated, the submissions in place."""
    seed = seed_of_exercise(KEY, exercise)
    (folder / "source" / exercise).mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.course_id = "bench"\n')
    source = _submission(load_exercise(exercise), 0)
    for cell in source.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if grade_id.endswith("_test"):
            call = f'points("{exercise}", "{grade_id.removesuffix("_test")}", globals(), "{seed}")'
            test = f"from benchmarks.in_process import points\n{call}"
            cell.source = f"### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS"
        elif grade_id:
            cell.source = f"### BEGIN SOLUTION\n{cell.source}\n### END SOLUTION"
    nbformat.write(source, folder / "source" / exercise / f"{exercise}.ipynb")
    run([PYTHON, "-m", "nbgrader", "generate_assignment", exercise], folder)
    for path in submissions:
        target = folder / "submitted" / path.parent.name / exercise / path.name
        target.parent.mkdir(parents=True)
        shutil.copy(path, target)


def otter_assignment(exercise: str, folder: Path) -> Path:
    """otter's autograder.zip for the exercise, one of its test files a question; the zip."""
    seed = seed_of_exercise(KEY, exercise)
    (folder / "tests").mkdir(parents=True)
    loaded = load_exercise(exercise)
    for question in loaded.questions:
        tests = hidden_tests(loaded.topic, question.id)
        shares = [question.points * t.weight / sum(t.weight for t in tests) for t in tests]
        # otter runs each case by itself; the hidden tests run in the first.
        lines = [
            ">>> from benchmarks.in_process import judge_once",
            f'>>> verdict = judge_once("{exercise}", "{question.id}", globals(), "{seed}")',
        ]
        cases = [
            {
                "code": "\n".join([*lines, f">>> verdict.behaviours[{i}].passed", "True"]),
                "hidden": True,
                "locked": False,
                "points": share,
            }
            for i, share in enumerate(shares)
        ]
        suite = {"cases": cases, "scored": True, "setup": "", "teardown": "", "type": "doctest"}
        test = {"name": question.id, "points": None, "suites": [suite]}
        (folder / "tests" / f"{question.id}.py").write_text(f"OK_FORMAT = True\ntest = {test!r}\n")
    run([PYTHON.parent / "otter", "generate", "-t", "tests", "-o", "autograder.zip", "--no-environment"], folder)
    return folder / "autograder.zip"


def run(command: list[str | Path], folder: Path) -> str:
    """Run one command of a tool; its output. Raises RuntimeError with the end of it where it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment())
    if done.returncode:
        said = (done.stdout + done.stderr)[-3000:]
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{said}")
    return done.stdout


def environment() -> dict[str, str]:
    """The environment of the tools: nbgrader calls programs of its virtual environment by name, and their kernels find
    this folder."""
    path = f"{PYTHON.parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": str(Path(__file__).parents[1]), "OMP_NUM_THREADS": "1"}
