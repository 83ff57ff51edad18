"""nbgrader's own commands on the course folder that `tl release --to nbgrader` writes."""

import csv
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import pytest
from channel_cases import EXERCISE, KEY, LIMIT, Run
from nbformat.v4 import new_markdown_cell

from grader.authoring.exercise import ROOT, load_exercise
from grader.channels.nbgrader.gradebook import GradebookRefused, write_gradebook
from grader.results import RecordStore

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # a busy machine starts nbgrader in ten seconds

EXPLAIN = {"grade": True, "grade_id": "explain", "locked": False, "points": 2.0, "schema_version": 3, "solution": True}


@pytest.fixture(scope="module")
def course(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with an exchange, one free-text question, and the assignment generated."""
    base = tmp_path_factory.mktemp("nbgrader")
    (base / "exchange").mkdir()
    (base / "exchange").chmod(0o777)
    folder = base / "course"
    run("grader.cli", "release", folder, "--to", "nbgrader", "-e", EXERCISE, "--exchange", "exchange", cwd=base)
    with open(folder / "nbgrader_config.py", "a", encoding="utf-8") as config:
        config.write(f"c.GradeInSandbox.time_limit = {LIMIT}\n")
    path = folder / "source" / EXERCISE / f"{EXERCISE}.ipynb"
    source = nbformat.read(path, as_version=4)
    source.cells.append(
        new_markdown_cell("Explain the advantages.", metadata={"nbgrader": dict(EXPLAIN)}, id="explain")
    )
    nbformat.write(source, path)
    run("nbgrader", "generate_assignment", EXERCISE, cwd=folder)
    shutil.copy(folder / "gradebook.db", folder / "fresh.db")
    return folder


@pytest.fixture(scope="module")
def autograded(course: Path, run: Run, submissions: Path) -> Path:
    """The course after `nbgrader autograde` of every submission, and its log beside it."""
    for learner in submissions.iterdir():
        _hand_in(course, learner.name, learner / f"{EXERCISE}.ipynb")
    # nbgrader ends with 1 where a submission could not be graded, and goes on with the others.
    done = run("nbgrader", "autograde", EXERCISE, cwd=course, status=1, TL_COURSE_KEY=KEY)
    (course / "autograde.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    return course


def _hand_in(course: Path, learner: str, notebook: Path) -> None:
    target = course / "submitted" / learner / EXERCISE
    target.mkdir(parents=True)
    shutil.copy(notebook, target)


def _scores(course: Path, gradebook: str = "gradebook.db") -> dict[str, dict[str, float | None]]:
    """Learner -> cell -> the autograder's score in the gradebook."""
    query = """select s.student_id, b.name, g.auto_score from grade g join submitted_notebook n on g.notebook_id = n.id
               join submitted_assignment s on n.assignment_id = s.id join base_cell b on g.cell_id = b.id"""
    found: dict[str, dict[str, float | None]] = {}
    with sqlite3.connect(course / gradebook) as database:
        for learner, cell, score in database.execute(query):
            found.setdefault(learner, {})[cell] = score
    return found


def _expected(record: dict) -> dict[str, float | None]:
    return {f"{q['id']}_test": pytest.approx(q["points"], abs=1e-4) for q in record["questions"]}


def test_points_are_those_of_tl_grade(autograded: Path, native: dict, submissions: Path):
    scores = _scores(autograded)
    for learner in (path.name for path in submissions.iterdir()):
        found = {cell: score for cell, score in scores[learner].items() if cell != "explain"}
        if native[learner]["status"] == "graded":
            assert found == _expected(native[learner]), learner
        else:
            assert set(found.values()) == {None}


def test_what_cannot_be_graded_is_said_and_left_open(autograded: Path):
    log = (autograded / "autograde.log").read_text(encoding="utf-8")
    assert "NotGraded" in log and "the file is not a notebook (not JSON)" in log
    assert not (autograded / "autograded" / "not-json" / EXERCISE).exists()


def test_export_has_gaps_not_zeros(autograded: Path, run: Run, native: dict):
    run("nbgrader", "export", cwd=autograded)
    with open(autograded / "grades.csv", encoding="utf-8", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert rows["not-json"]["score"] == ""
    assert float(rows["wrong"]["score"]) == pytest.approx(native["wrong"]["points"], abs=1e-4)
    assert float(rows["blank"]["score"]) == 0.0


def test_a_free_text_answer_waits_for_a_person(course: Path, run: Run, submissions: Path):
    answered = nbformat.read(submissions / "blank" / f"{EXERCISE}.ipynb", as_version=4)
    text = "Fewer labels. <img src=x onerror=alert(1)>"
    answered.cells.append(new_markdown_cell(text, metadata={"nbgrader": dict(EXPLAIN)}, id="explain"))
    target = course / "submitted" / "explains" / EXERCISE
    target.mkdir(parents=True)
    nbformat.write(answered, target / f"{EXERCISE}.ipynb")
    run("nbgrader", "autograde", EXERCISE, "--student", "explains", cwd=course, TL_COURSE_KEY=KEY)
    graded = nbformat.read(course / "autograded" / "explains" / EXERCISE / f"{EXERCISE}.ipynb", as_version=4)
    cell = next(c for c in graded.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "explain")
    assert cell.source == "Fewer labels. &lt;img src=x onerror=alert(1)>"
    assert _scores(course)["explains"]["explain"] is None

    with _formgrader(course) as ask:
        found = ask("GET", f"api/submitted_notebooks/{EXERCISE}/{EXERCISE}")
        submission = next(one for one in found if one["student"] == "explains")
        assert submission["needs_manual_grade"]
        page = ask("GET", f"submissions/{submission['id']}")
        assert "Fewer labels. &lt;img src=x onerror" in page and "<img src=x onerror" not in page
        assert "The blank of this question is still empty." in page
        grades = ask("GET", f"api/grades?submission_id={submission['id']}")
        grade = next(one for one in grades if one["name"] == "explain")
        ask("PUT", f"api/grade/{grade['id']}", {"manual_score": 1.5, "extra_credit": None})
        found = ask("GET", f"api/submitted_notebooks/{EXERCISE}/{EXERCISE}")
        submission = next(one for one in found if one["student"] == "explains")
        assert (submission["score"], submission["needs_manual_grade"]) == (1.5, False)


@contextmanager
def _formgrader(course: Path) -> Iterator[Callable[..., Any]]:
    """The real formgrader of a Jupyter server in the course: ask(method, path, json) gives JSON, or a page's text."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", "--allow-root", f"--port={port}", "--ServerApp.port_retries=0"]
    options.append("--IdentityProvider.token=t")
    extension = "--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}"
    command = [sys.executable, "-m", "jupyter", "server", *options, extension]
    environment = {**os.environ, "PYTHONPATH": os.environ.get("PYTHONPATH") or str(ROOT), "HOME": str(course.parent)}
    log = course.parent / "server.log"
    with open(log, "w", encoding="utf-8") as file:
        process = subprocess.Popen(command, cwd=course, env=environment, stdout=file, stderr=file)

    def ask(method: str, path: str, content: Any = None) -> Any:
        data = None if content is None else json.dumps(content).encode()
        address = f"http://127.0.0.1:{port}/formgrader/{path}"
        request = urllib.request.Request(address, data, {"Authorization": "token t"}, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read().decode("utf-8")
        return json.loads(text) if path.startswith("api/") else text

    try:
        deadline = time.monotonic() + 90
        while True:
            assert process.poll() is None and time.monotonic() < deadline, log.read_text(encoding="utf-8")
            try:
                ask("GET", "api/assignments")
                break
            except (ConnectionError, urllib.error.URLError):
                time.sleep(0.3)
        yield ask
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_feedback_shows_our_message_and_nothing_hidden(autograded: Path, run: Run, native: dict):
    run("nbgrader", "generate_feedback", EXERCISE, cwd=autograded)
    page = (autograded / "feedback" / "wrong" / EXERCISE / f"{EXERCISE}.html").read_text(encoding="utf-8")
    failed = next(q for q in native["wrong"]["questions"] if q["id"] == "freeze")
    assert failed["misconceptions"] == ["flag_on_the_module"]
    assert "What does the optimizer hold" in page and "Not yet: 0 of 2 points" in page
    topic = load_exercise(EXERCISE).topic
    for closed in (f"grader/hidden/{topic}.py", f"tlcore/reference/{topic}.py", f"tlcore/misconceptions/{topic}.py"):
        for line in (ROOT / closed).read_text(encoding="utf-8").splitlines():
            if "expect(" in line or "student." in line or "@misconception" in line:
                assert line.strip() not in page
    hostile = (autograded / "feedback" / "<script>" / EXERCISE / f"{EXERCISE}.html").read_text(encoding="utf-8")
    assert "alert('mine')" in hostile and "<script>alert('mine')" not in hostile


def test_a_killed_run_is_graded_again(course: Path, run: Run, submissions: Path):
    _hand_in(course, "killed", submissions / "right" / f"{EXERCISE}.ipynb")
    made = course / "autograded" / "killed" / EXERCISE / f"{EXERCISE}.ipynb"
    command = [sys.executable, "-m", "nbgrader", "autograde", EXERCISE, "--student", "killed"]
    environment = {**os.environ, "TL_COURSE_KEY": KEY, "PYTHONPATH": os.environ.get("PYTHONPATH") or str(ROOT)}
    process = subprocess.Popen(command, cwd=course, env=environment, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not made.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert made.exists() and _scores(course)["killed"]["freeze_test"] is None
    run("nbgrader", "autograde", EXERCISE, "--student", "killed", cwd=course, TL_COURSE_KEY=KEY)
    assert _scores(course)["killed"]["freeze_test"] == 2.0
    again = run("nbgrader", "autograde", EXERCISE, "--student", "killed", cwd=course, TL_COURSE_KEY=KEY)
    assert "Skipping existing assignment" in again.stderr


def test_through_a_real_exchange(course: Path, run: Run):
    from nbgrader.utils import get_username

    run("nbgrader", "release_assignment", EXERCISE, cwd=course)
    learner = course.parent / "learner"
    learner.mkdir()
    exchange = [f"--Exchange.root={course.parent / 'exchange'}", "--course=transfer-learning"]
    run("nbgrader", "fetch_assignment", EXERCISE, *exchange, cwd=learner)
    path = learner / EXERCISE / f"{EXERCISE}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    question = load_exercise(EXERCISE).question("freeze")
    cell = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "freeze")
    assert cell.source == question.blank_source
    cell.source = question.answer_source
    nbformat.write(notebook, path)
    run("nbgrader", "submit", EXERCISE, *exchange, cwd=learner)
    run("nbgrader", "collect", EXERCISE, cwd=course)
    me = get_username()
    run("nbgrader", "autograde", EXERCISE, "--student", me, cwd=course, TL_COURSE_KEY=KEY)
    scores = _scores(course)[me]
    assert (scores["freeze_test"], scores["replace_head_test"]) == (2.0, 0.0)
    run("nbgrader", "generate_feedback", EXERCISE, "--student", me, cwd=course)
    run("nbgrader", "release_feedback", EXERCISE, "--student", me, cwd=course)
    run("nbgrader", "fetch_feedback", EXERCISE, *exchange, cwd=learner)
    pages = list((learner / EXERCISE / "feedback").rglob("*.html"))
    assert len(pages) == 1 and "Solved: 2 of 2 points" in pages[0].read_text(encoding="utf-8")


def test_tl_grade_writes_the_same_into_a_gradebook(course: Path, run: Run, native: dict, submissions: Path):
    out = native["out"]["folder"]
    options = ("--key", KEY, "--time-limit", LIMIT, "--gradebook", course / "fresh.db")
    done = run("grader.cli", "grade", submissions, "--out", out, *options, cwd=course, status=1)
    assert f"{len(native) - 2} submissions written into" in done.stderr
    assert "not in the gradebook: not-json" in done.stderr
    scores = _scores(course, "fresh.db")
    assert "not-json" not in scores
    for learner, cells in scores.items():
        assert cells.pop("explain") is None
        assert cells == _expected(native[learner]), learner


def test_results_of_another_version_are_refused(course: Path, native: dict):
    records = RecordStore(native["out"]["folder"]).load_all().records
    right = next(record for record in records if record.learner == "right")
    right.questions[0].max_points += 1
    before = (course / "fresh.db").read_bytes()
    with pytest.raises(GradebookRefused, match="belongs to another version of the exercise"):
        write_gradebook([right], course / "fresh.db")
    right.exercise = "04_lora_from_scratch"
    with pytest.raises(GradebookRefused, match="run nbgrader generate_assignment 04_lora_from_scratch"):
        write_gradebook([right], course / "fresh.db")
    assert (course / "fresh.db").read_bytes() == before
