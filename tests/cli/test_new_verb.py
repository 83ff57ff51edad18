"""`tl new` as an author runs it."""

import shutil
from pathlib import Path

import pytest

NAME, QUESTION = "01_doubling", "triple"
WRITTEN = [
    f"solutions/{NAME}.py",
    "tlcore/checks/doubling/__init__.py",
    f"tlcore/checks/doubling/{QUESTION}.py",
    "tlcore/reference/doubling/__init__.py",
    f"tlcore/reference/doubling/{QUESTION}.py",
    "tlcore/misconceptions/doubling/__init__.py",
    f"tlcore/misconceptions/doubling/{QUESTION}.py",
    "grader/hidden/doubling/__init__.py",
    f"grader/hidden/doubling/{QUESTION}.py",
    f"tests/answers/doubling/{QUESTION}/right_one.py",
    f"tests/answers/doubling/{QUESTION}/wrong_one.py",
]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    root = tmp_path / "a course"
    shutil.copytree(Path(__file__).parents[1] / "authoring" / "course", root)
    return root


def test_it_says_what_it_wrote_and_what_comes_next(tl, course: Path):
    before = (course / WRITTEN[0]).read_text(encoding="utf-8")
    run = tl("new", NAME, QUESTION, "--root", course)
    assert (run.returncode, run.stderr) == (0, "")
    *written, following, last = run.stdout.splitlines()
    assert written == [f"wrote {name}" for name in WRITTEN]
    assert following == f"Next: fill in every TODO, then tl build {NAME} and tl verify {NAME} {QUESTION};"
    assert last == "when it has no problem, make lint and make test."
    assert all((course / name).is_file() for name in WRITTEN)
    assert (course / WRITTEN[0]).read_text(encoding="utf-8").startswith(before.rstrip("\n"))


def test_a_second_time_nothing_is_missing_and_nothing_changes(tl, course: Path):
    tl("new", NAME, QUESTION, "--root", course)
    mine = course / f"grader/hidden/doubling/{QUESTION}.py"
    mine.write_text("# filled\n")
    before = {name: (course / name).read_bytes() for name in WRITTEN}
    run = tl("new", NAME, QUESTION, "--root", course)
    assert (run.returncode, run.stdout.splitlines()[0]) == (0, "nothing is missing")
    assert {name: (course / name).read_bytes() for name in WRITTEN} == before


def test_a_new_exercise_can_be_built_from_what_it_wrote(tl, course: Path):
    assert tl("new", "02_sums", "total", "--root", course).returncode == 0
    run = tl("build", "02_sums", "--root", course)
    assert (run.returncode, run.stdout) == (0, "built exercises/02_sums.ipynb\n")


@pytest.mark.parametrize(
    ("name", "question", "said"),
    [
        ("doubling", "triple", "'doubling' is no exercise's name; write NN_topic, such as 05_fine_tuning"),
        ("../01_x", "triple", "'../01_x' is no exercise's name; write NN_topic, such as 05_fine_tuning"),
        (NAME, "Triple", "'Triple' is no id; write snake_case, such as replace_head"),
        (NAME, "../x", "'../x' is no id; write snake_case, such as replace_head"),
        ("02_doubling", "triple", "the topic 'doubling' is that of 01_doubling; choose another"),
        ("02_sums", "double", "01_doubling has a question 'double' already; choose another id"),
    ],
)
def test_a_name_that_cannot_be_one_is_refused_and_nothing_is_written(tl, course: Path, name, question, said):
    before = sorted(course.rglob("*"))
    run = tl("new", name, question, "--root", course)
    assert (run.returncode, run.stdout, run.stderr) == (2, "", f"error: {said}\n")
    assert sorted(course.rglob("*")) == before
