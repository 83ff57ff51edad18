"""nbgrader's own commands on the course folder that `tl release --to nbgrader` writes."""

import csv
from pathlib import Path

import nbformat
import pytest
from channel_cases import EXERCISE, KEY, LIMIT, Run
from nbgrader_course import scores_in

from grader.channels.nbgrader.gradebook import GradebookRefused, write_gradebook
from grader.exercise.catalogue import ROOT, load_exercise
from grader.results import RecordStore

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # a busy machine starts nbgrader in ten seconds


def _expected(record: dict) -> dict[str, float | None]:
    return {f"{q['id']}_test": pytest.approx(q["points"], abs=1e-4) for q in record["questions"]}


def test_points_are_those_of_tl_grade(autograded: Path, native: dict, submissions: Path):
    scores = scores_in(autograded)
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
    by_hand = sum(points for _, points in load_exercise(EXERCISE).by_hand)
    assert float(rows["blank"]["max_score"]) == load_exercise(EXERCISE).max_points + by_hand == 10.0


def test_feedback_shows_our_message_and_nothing_hidden(autograded: Path, run: Run, native: dict):
    run("nbgrader", "generate_feedback", EXERCISE, cwd=autograded)
    page = (autograded / "feedback" / "wrong" / EXERCISE / f"{EXERCISE}.html").read_text(encoding="utf-8")
    failed = next(q for q in native["wrong"]["questions"] if q["id"] == "freeze")
    assert failed["misconceptions"] == ["flag_on_the_module"]
    assert "What does the optimizer hold" in page and "Not yet: 0 of 2 points" in page
    topic = load_exercise(EXERCISE).topic
    closed = [ROOT / room / topic for room in ("grader/hidden", "tlcore/reference", "tlcore/misconceptions")]
    sources = [path for folder in closed for path in folder.glob("*.py")]
    assert len(sources) > 15
    for path in sources:
        for line in path.read_text(encoding="utf-8").splitlines():
            if "expect(" in line or "student." in line or "@misconception" in line:
                assert line.strip() not in page
    hostile = (autograded / "feedback" / "<script>" / EXERCISE / f"{EXERCISE}.html").read_text(encoding="utf-8")
    assert "alert('mine')" in hostile and "<script>alert('mine')" not in hostile


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
    scores = scores_in(course)[me]
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
    scores = scores_in(course, "fresh.db")
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
