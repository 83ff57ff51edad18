"""The demo class, graded once for real: every learner gets the points, names and reasons that their answers deserve."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from expected_class import FIRST, LEARNERS, MESSAGES, REASONS, REMARKS, worth

from grader.demo import write_class
from grader.exercise.catalogue import exercise_names
from grader.grading import Settings, Summary, grade_class
from grader.pages import write_pages
from grader.results import QuestionResult, RecordStore, SubmissionResult

# Half a minute of two idle cores; busy ones have taken 170 s.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

KEY = "demo"
"""As `tl demo`: the same hidden inputs in every run."""


@dataclass
class Graded:
    """The class after `tl demo`'s grading."""

    submissions: Path
    out: Path
    summary: Summary
    records: dict[tuple[str, str], SubmissionResult]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    folder = tmp_path_factory.mktemp("class")
    submissions, out = folder / "submissions", folder / "graded"
    write_class(submissions)
    summary = grade_class(submissions, out, Settings(jobs=2, isolation="best", time_limit=15.0, key=KEY))
    return Graded(submissions, out, summary, {record.key: record for record in RecordStore(out).records()})


def by_name(outcomes: list[tuple[str, str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("who", outcomes, ids=lambda who: "-".join(map(str, who)))


def question(graded: Graded, who: tuple[str, str], id: str) -> QuestionResult:
    return next(question for question in graded.records[who].questions if question.id == id)


def test_everybody_is_there(graded: Graded) -> None:
    assert set(graded.records) == set(LEARNERS) | set(REASONS)
    assert (graded.summary.graded, graded.summary.not_graded) == (len(LEARNERS), len(REASONS))
    assert len({learner for learner, _ in graded.records}) >= 16


@by_name(list(LEARNERS))
def test_points_and_misconceptions(graded: Graded, who: tuple[str, str]) -> None:
    record = graded.records[who]
    assert (record.status, record.reason) == ("graded", None)
    assert {q.id: q.max_points for q in record.questions} == worth(who[1])
    wrong = []
    for seen in record.questions:
        should = LEARNERS[who][seen.id]
        if (seen.points, seen.misconceptions) != (pytest.approx(should[0], abs=1e-4), should[1]):
            wrong.append(f"{seen.id}: {seen.points} {seen.misconceptions}, not {should}: {seen.message}")
    assert not wrong
    for seen in record.questions:
        assert (seen.status == "passed") == (seen.points == seen.max_points)
        assert [advice.misconception for advice in seen.advice] == seen.misconceptions


@by_name(list(REASONS))
def test_not_graded_and_why(graded: Graded, who: tuple[str, str]) -> None:
    record = graded.records[who]
    assert (record.status, record.points) == ("not_graded", 0.0)
    assert record.reason is not None and record.reason.startswith(REASONS[who])
    known = who[1] in exercise_names()
    assert record.max_points == pytest.approx(sum(worth(who[1]).values()) if known else 0.0)


@by_name(list(REMARKS))
def test_remarks(graded: Graded, who: tuple[str, str]) -> None:
    assert graded.records[who].remarks == REMARKS[who]


def test_a_sound_file_has_no_remark(graded: Graded) -> None:
    silent = ("ada", "ben", "carla", "deniz", "mei", "Zoë O'Neil", "cell-moved", "sixty-megabytes")
    assert {who: r.remarks for who, r in graded.records.items() if who[0] in silent and r.remarks} == {}


@pytest.mark.parametrize(("learner", "exercise", "id"), list(MESSAGES))
def test_messages(graded: Graded, learner: str, exercise: str, id: str) -> None:
    if learner == "rita" and id == "replace_head" and graded.summary.isolation == "none":
        return  # nothing hides the solutions there
    seen = question(graded, (learner, exercise), id)
    assert seen.message.startswith(MESSAGES[learner, exercise, id])


def test_an_answer_that_ran_and_is_wrong_is_no_error(graded: Graded) -> None:
    assert question(graded, ("fatima", FIRST), "replace_head").status == "failed"
    assert question(graded, ("nils", FIRST), "replace_head").status == "failed"
    assert question(graded, ("kwame", FIRST), "frozen_backbone").status == "error"
    assert question(graded, ("jonas", FIRST), "prepare").status == "error"


def test_results_json_holds_what_the_contract_says(graded: Graded) -> None:
    results = json.loads(graded.summary.results.read_text(encoding="utf-8"))
    assert list(results) == ["package", "isolation", "submissions"]
    assert results["isolation"] in ("full", "reduced", "none")
    fields = ["learner", "exercise", "status", "reason", "points", "max_points", "seed", "questions"]
    asked = ["id", "points", "max_points", "status", "misconceptions", "message"]
    for each in results["submissions"]:
        assert list(each) == fields
        assert all(list(q) == asked for q in each["questions"])
        record = graded.records[each["learner"], each["exercise"]]
        assert each["points"] == record.points and each["seed"] == record.seed
        assert [q["points"] for q in each["questions"]] == [q.points for q in record.questions]
    assert len(results["submissions"]) == len(graded.records)
    assert len({each["seed"] for each in results["submissions"] if each["exercise"] == FIRST}) == 1


def test_pages_escape_what_learners_wrote(graded: Graded, tmp_path: Path) -> None:
    index = write_pages(tmp_path, list(graded.records.values())).read_text(encoding="utf-8")
    pages = [path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.html")]
    assert len(pages) == 1 + len({learner for learner, _ in graded.records})
    assert not [page for page in pages if "<script>alert" in page or "<img src=x" in page]
    assert "&lt;script&gt;alert(1)&lt;" in index
    assert any("&lt;img src=x onerror=alert(1)&gt;" in page for page in pages)
    assert "Zoë O&#39;Neil" in index


def test_a_second_run_resumes(graded: Graded) -> None:
    """The last test of the module, because it runs on the same folder."""

    def written() -> dict[str, int]:
        return {str(path): os.stat(path).st_mtime_ns for path in graded.out.glob("records/*/*.json")}

    before, results = written(), graded.summary.results.read_bytes()
    again = grade_class(graded.submissions, graded.out, Settings(jobs=2, isolation="best", time_limit=15.0, key=KEY))
    assert (again.graded, again.resumed, again.not_graded) == (len(LEARNERS), len(LEARNERS), len(REASONS))
    touched = {path for path, when in written().items() if before[path] != when}
    # Who could not be graded is looked at again.
    assert touched == {str(RecordStore(graded.out).path(*who)) for who in REASONS}
    assert graded.summary.results.read_bytes() == results
