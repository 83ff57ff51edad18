"""Submissions graded by `tl grade` once: what every other channel must agree with."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from channel_cases import EXERCISE, KEY, LIMIT, Run, all_submissions
from nbgrader_course import hand_in

from grader.authoring.notebook import to_bytes
from grader.exercise.catalogue import ROOT, load_exercise

sys.path.append(str(Path(__file__).parents[1] / "notebooks"))  # the browser of those tests is used here too


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run `python -m ...` as a user would; its output is in the failure where the exit status is not as expected."""
    home = tmp_path_factory.mktemp("home")

    def run(*arguments: object, cwd: Path, status: int = 0, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "IPYTHON", "TL_"))}
        environment |= {"HOME": str(home), "OMP_NUM_THREADS": "1", **more}
        environment["PYTHONPATH"] = environment.get("PYTHONPATH") or str(ROOT)
        environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
        command = [sys.executable, "-m", *map(str, arguments)]
        done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=280)
        assert done.returncode == status, f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}"[-6000:]
        return done

    return run


@pytest.fixture(scope="session")
def submissions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`<learner>/<exercise>.ipynb` for each learner."""
    folder = tmp_path_factory.mktemp("submissions")
    for learner, content in all_submissions().items():
        path = folder / learner / f"{EXERCISE}.ipynb"
        path.parent.mkdir()
        path.write_bytes(content if isinstance(content, bytes) else to_bytes(content))
    return folder


@pytest.fixture(scope="session")
def native(run: Run, submissions: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    """What `tl grade` says of each learner: the submissions of its results.json."""
    out = tmp_path_factory.mktemp("native") / "out"
    run("grader.cli", "grade", submissions, "--out", out, "--key", KEY, "--time-limit", LIMIT, cwd=out.parent, status=1)
    found = {s["learner"]: s for s in json.loads((out / "results.json").read_text(encoding="utf-8"))["submissions"]}
    # A comparison with the other channels says little where everybody has the same points.
    most = load_exercise(EXERCISE).max_points
    assert (found["right"]["points"], found["blank"]["points"]) == (most, 0.0)
    assert 0 < found["wrong"]["points"] < most and found["not-json"]["status"] == "not_graded"
    return {**found, "out": {"folder": str(out)}}


@pytest.fixture(scope="session")
def course(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with an exchange and the assignment generated; `fresh.db` is its gradebook before any submission."""
    base = tmp_path_factory.mktemp("nbgrader")
    (base / "exchange").mkdir()
    (base / "exchange").chmod(0o777)
    folder = base / "course"
    run("grader.cli", "release", folder, "--to", "nbgrader", "-e", EXERCISE, "--exchange", "exchange", cwd=base)
    with open(folder / "nbgrader_config.py", "a", encoding="utf-8") as config:
        config.write(f"c.GradeInSandbox.time_limit = {LIMIT}\n")
    run("nbgrader", "generate_assignment", EXERCISE, cwd=folder)
    shutil.copy(folder / "gradebook.db", folder / "fresh.db")
    return folder


@pytest.fixture(scope="session")
def autograded(course: Path, run: Run, submissions: Path) -> Path:
    """The course after `nbgrader autograde` of every submission, and its log beside it."""
    for learner in submissions.iterdir():
        hand_in(course, learner.name, learner / f"{EXERCISE}.ipynb")
    # nbgrader ends with 1 where a submission could not be graded, and goes on with the others.
    done = run("nbgrader", "autograde", EXERCISE, cwd=course, status=1, TL_COURSE_KEY=KEY)
    (course / "autograde.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    return course
