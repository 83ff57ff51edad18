"""What feedback shows is of no use in the next attempt: from then on, each notebook has hidden inputs of its own."""

from pathlib import Path

import pytest
from small_notebooks import FIRST, IMPORTS, RIGHT, notebook

from grader.cli.report import command as report
from grader.grading import Settings, Summary, grade_class
from grader.results import RecordStore, SubmissionResult

WRONG = "def freeze(module):\n    return module"


@pytest.fixture
def submissions(tmp_path: Path) -> Path:
    folder = tmp_path / "submissions"
    for learner in ("ada", "ben"):
        hand_in(folder, learner, WRONG)
    return folder


def hand_in(folder: Path, learner: str, answer: str) -> None:
    (folder / learner).mkdir(parents=True, exist_ok=True)
    (folder / learner / f"{FIRST}.ipynb").write_bytes(notebook(IMPORTS[FIRST], ("freeze", answer)))


def graded(submissions: Path, out: Path, jobs: int = 1) -> tuple[Summary, dict[str, SubmissionResult]]:
    summary = grade_class(submissions, out, Settings(jobs, "best", time_limit=20, key="a course key"))
    return summary, {record.learner: record for record in RecordStore(out).records()}


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_is_handed_in_after_feedback_has_inputs_of_its_own(submissions: Path, tmp_path: Path, jobs: int) -> None:
    out = tmp_path / "out"
    _, first = graded(submissions, out)
    assert first["ada"].seed == first["ben"].seed
    hand_in(submissions, "ada", WRONG + "  # again")
    _, second = graded(submissions, out)
    assert second["ada"].seed == first["ada"].seed  # nobody has seen anything yet
    report(out)
    summary, third = graded(submissions, out)
    assert summary.resumed == 2 and third == second  # feedback alone grades nobody again
    hand_in(submissions, "ada", RIGHT["freeze"])
    hand_in(submissions, "cleo", RIGHT["freeze"] + "  # mine")
    summary, fourth = graded(submissions, out, jobs)
    assert summary.resumed == 1 and fourth["ben"] == second["ben"]
    assert len({fourth[learner].seed for learner in ("ada", "ben", "cleo")}) == 3
    assert fourth["ada"].questions[0].status == fourth["cleo"].questions[0].status == "passed"
    summary, fifth = graded(submissions, out)
    assert summary.resumed == 3 and fifth == fourth
