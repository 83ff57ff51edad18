"""`tl build` as an author runs it."""

import json
import shutil
from pathlib import Path

import pytest

NAME = "01_doubling"
FILES = [f"exercises/{NAME}.ipynb"]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    root = tmp_path / "a course"
    shutil.copytree(Path(__file__).parents[1] / "authoring" / "course", root)
    return root


def test_it_builds_what_is_missing_then_nothing(tl, course: Path):
    run = tl("build", "--root", course)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.splitlines() == [f"built {name}" for name in FILES]
    before = [(course / name).read_bytes() for name in FILES]
    run = tl("build", NAME, "--root", course)
    assert (run.returncode, run.stdout, run.stderr) == (0, "all 1 files are up to date\n", "")
    assert [(course / name).read_bytes() for name in FILES] == before


def test_check_names_each_stale_file_and_the_command_that_mends_it(tl, course: Path):
    run = tl("build", "--check", "--root", course)
    assert run.returncode == 1
    assert run.stderr.splitlines() == [f"{name} is missing: tl build {NAME}" for name in FILES]
    assert not (course / "exercises").exists()
    tl("build", "--root", course)
    assert tl("build", "--check", "--root", course).returncode == 0
    path = course / FILES[0]
    path.write_text(path.read_text() + "\n")
    run = tl("build", "--check", "--root", course)
    assert (run.returncode, run.stderr) == (1, f"{FILES[0]} is stale: tl build {NAME}\n")
    assert path.read_text().endswith("\n\n")


def test_json_lists_files_and_states(tl, course: Path):
    run = tl("build", "--check", "--json", "--root", course)
    assert run.returncode == 1
    assert json.loads(run.stdout) == [{"exercise": NAME, "file": name, "state": "missing"} for name in FILES]


def test_problems_of_an_author_are_lines_with_file_and_line(tl, course: Path):
    path = course / "solutions" / f"{NAME}.py"
    path.write_text(path.read_text(encoding="utf-8").replace(" minutes=5", ""), encoding="utf-8")
    run = tl("build", "--root", course)
    assert run.returncode == 1
    assert run.stderr == f"error: {path}:12: question 'double' has no minutes; add minutes=N, 1 to 60\n"


def test_a_failed_write_leaves_the_old_file(tl, course: Path):
    (course / "exercises").write_text("a file where a folder is needed")
    run = tl("build", "--root", course)
    assert run.returncode == 2
    assert run.stderr.startswith(f"error: cannot write {course / FILES[0]}: ")
    assert (course / "exercises").read_text() == "a file where a folder is needed"
