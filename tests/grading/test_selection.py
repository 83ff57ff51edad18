"""Some of a class: those that are asked for, what holds already too if that is asked for, and the others kept."""

from pathlib import Path

import pytest

from grader.authoring.notebook import to_bytes
from grader.demo.classroom_files import released
from grader.grading import Selection, Settings, grade_class
from grader.submissions import NoSubmissions

FEATURES, LORA = "02_feature_extraction", "04_lora_from_scratch"


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two learners with blank notebooks, one of them with two."""
    folder = tmp_path_factory.mktemp("submissions")
    for learner, exercise in (("ada", FEATURES), ("ada", LORA), ("boris", FEATURES)):
        (folder / learner).mkdir(exist_ok=True)
        (folder / learner / f"{exercise}.ipynb").write_bytes(to_bytes(released(exercise)))
    return folder


def run(submissions: Path, out: Path, *only: str, again: bool = False, key: str | None = "k") -> tuple[list[str], int]:
    """Who is graded in this run, and how many results hold from an earlier one."""
    graded: list[str] = []

    def note(done: int, total: int, result) -> None:
        if result is not None:
            graded.append(f"{result.learner}/{result.exercise}")

    summary = grade_class(submissions, out, Settings(isolation="best", key=key, selection=Selection(only, again)), note)
    return sorted(graded[summary.resumed :]), summary.resumed


def test_who_is_asked_for_is_graded_and_the_others_are_kept(submissions: Path, tmp_path: Path) -> None:
    out = tmp_path / "graded"
    assert run(submissions, out, f"ada/{LORA}") == ([f"ada/{LORA}"], 0)
    assert run(submissions, out, "boris", f"ada/{LORA}") == ([f"boris/{FEATURES}"], 1)
    assert run(submissions, out) == ([f"ada/{FEATURES}"], 2)
    before = {path: path.stat().st_mtime_ns for path in (out / "records").glob("*/*.json")}
    assert run(submissions, out, "ada/", again=True) == ([f"ada/{FEATURES}", f"ada/{LORA}"], 0)
    after = {path: path.stat().st_mtime_ns for path in (out / "records").glob("*/*.json")}
    assert len(before) == 3 and before.keys() == after.keys()
    assert {path.parent.name[:3] for path in before if before[path] != after[path]} == {"ada"}


@pytest.mark.parametrize(
    ("name", "said"),
    [("adda", "did you mean ada"), (f"ada/{LORA[:-2]}", f"did you mean ada/{LORA}"), ("?", "such as ada")],
)
def test_a_name_that_fits_nobody_stops_before_anything_is_written(
    submissions: Path, tmp_path: Path, name: str, said: str
) -> None:
    with pytest.raises(NoSubmissions, match=said):
        run(submissions, tmp_path / "graded", "boris", name)
    assert not (tmp_path / "graded").exists()


def test_some_cannot_have_another_course_key_than_the_others(submissions: Path, tmp_path: Path) -> None:
    run(submissions, tmp_path, "boris")
    with pytest.raises(NoSubmissions, match="leave out --key"):
        run(submissions, tmp_path, "ada", key="another")
    assert run(submissions, tmp_path, "boris", key=None) == ([], 1)
