"""Right notebooks beside what stops nbgrader or leads it astray: each keeps its points, and nothing leaks or acts."""

import csv
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from channel_cases import EXERCISE, KEY, Run, answer_cell, solved
from nbformat.v4 import new_markdown_cell
from nbgrader_course import formgrader, scores_in

from grader.authoring.notebook import to_bytes
from grader.channels.nbgrader import handed_in
from grader.exercise.catalogue import load_exercise

SECRET = "the instructor's own words"
SVG = {"image/svg+xml": "PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+"}


def _text(source: str, **attachments: dict[str, str]) -> bytes:
    notebook = solved()
    answer_cell(notebook, "explain").source = source
    notebook.cells.append(new_markdown_cell(source, id="text"))
    content = json.loads(to_bytes(notebook))
    content["cells"][-1]["attachments"] = attachments
    return json.dumps(content).encode()


def _half_characters() -> bytes:
    content = json.loads(_text("half HALF").replace(b"HALF", b"\\ud800"))
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell["source"] = ["# \udfff\n", *cell["source"]] if isinstance(cell["source"], list) else cell["source"]
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "\ud800"}]
    content["metadata"]["\ud800"] = "\ud800"
    return json.dumps(content).encode()


NOTEBOOKS: dict[str, bytes] = {
    "script-link": _text("[read me](java&Tab;script:alert(1)) $\\href{javascript:alert(2)}{x}$"),
    "svg": _text("![a](attachment:a.svg) ![b](attachment:b.webp) ![c](attachment:c)", **{"a.svg": SVG}),
    "half-characters": _half_characters(),
}


def _links(folder: Path, secret: Path) -> None:
    (folder / "file.txt").symlink_to(secret)
    (folder / "folder").symlink_to(secret.parent)
    (folder / "data").mkdir()
    (folder / "data" / "deep.txt").symlink_to(secret)
    (folder / "data" / "mine.txt").write_text("honest data")


def _strange(folder: Path, _: Path) -> None:
    os.mkfifo(folder / "pipe")
    (folder / "circle").symlink_to("circle")
    (folder / os.fsdecode(b"\xff\xfe.txt")).write_text("x")
    for number in range(3_000):
        (folder / f"{number}.txt").touch()


def _deep(folder: Path, _: Path) -> None:
    """Deeper than a path may be long."""
    here = os.open(folder, os.O_RDONLY)
    for _level in range(100):
        os.mkdir("d" * 200, dir_fd=here)
        inside = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inside
    os.close(here)


ACTING = ["page.html", "drawing.SVG", "other.IPYNB", "deeper/page.xhtml", "mail.mht", f"{EXERCISE}.htm", "style.xsl"]


def _acting(folder: Path, _: Path) -> None:
    (folder / "deeper").mkdir()
    for name in ACTING:
        (folder / name).write_text("<script>alert(1)</script>")
    (folder / "mine.csv").write_text("1,2")


def _many_notebooks(folder: Path, _: Path) -> None:
    for number in range(3_000):
        (folder / f"{number}.ipynb").write_text("{}")


BESIDE: dict[str, Callable[[Path, Path], object]] = {
    "links": _links,
    "strange": _strange,
    "deep": _deep,
    "acting": _acting,
    "many-notebooks": _many_notebooks,
    "no-utf-8": lambda folder, _: (folder / "timestamp.txt").write_bytes(b"\xff\xfe2026-01-01"),
    "no-time": lambda folder, _: (folder / "timestamp.txt").write_text("soon"),
    "long-time": lambda folder, _: (folder / "timestamp.txt").write_text("9" * 10_000_000),
    "linked-time": lambda folder, secret: (folder / "timestamp.txt").symlink_to(secret),
    "piped-time": lambda folder, _: os.mkfifo(folder / "timestamp.txt"),
    "folder-time": lambda folder, _: (folder / "timestamp.txt").mkdir(),
    "a-time": lambda folder, _: (folder / "timestamp.txt").write_text("2026-01-02 03:04:05.678 UTC\n"),
}


LEFT_OUT = {
    "[a-s]*": "for a pattern",
    "t?": "for a pattern",
    "sv[g]": "for a pattern",
    "svg\u200b": "another learner's",
}
"""Names of learners under which nbgrader would read somebody else's work, or no table could tell whose it is."""


@pytest.fixture(scope="module")
def graded(course: Path, run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the course after autograde, feedback and export of all of these."""
    copy = tmp_path_factory.mktemp("hostile") / "course"
    shutil.copytree(course, copy, ignore=shutil.ignore_patterns("submitted", "autograded", "feedback"))
    shutil.copy(course / "fresh.db", copy / "gradebook.db")
    secret = copy / "private" / "notes.txt"
    secret.parent.mkdir()
    secret.write_text(SECRET)
    for learner in [*NOTEBOOKS, *BESIDE]:
        folder = copy / "submitted" / learner / EXERCISE
        folder.mkdir(parents=True)
        (folder / f"{EXERCISE}.ipynb").write_bytes(NOTEBOOKS.get(learner) or to_bytes(solved()))
        if learner in BESIDE:
            BESIDE[learner](folder, secret)
    (copy / "submitted" / "elsewhere").symlink_to(copy / "submitted" / "links")
    (copy / "submitted" / "within").mkdir()
    (copy / "submitted" / "within" / EXERCISE).symlink_to(copy / "submitted" / "links" / EXERCISE)
    os.mkdir(os.fsencode(copy / "submitted") + b"/\xff")
    shutil.copytree(
        copy / "submitted" / "a-time" / EXERCISE, os.path.join(copy, "submitted", os.fsdecode(b"\xff"), EXERCISE)
    )
    for name in LEFT_OUT:
        shutil.copytree(copy / "submitted" / "a-time" / EXERCISE, copy / "submitted" / name / EXERCISE)
    done = run("nbgrader", "autograde", EXERCISE, cwd=copy, status=1, TL_COURSE_KEY=KEY)
    (copy / "autograde.log").write_text(done.stdout + done.stderr, encoding="utf-8", errors="replace")
    run("nbgrader", "generate_feedback", EXERCISE, cwd=copy)
    run("nbgrader", "export", cwd=copy)
    return copy


def test_every_right_notebook_keeps_its_points(graded: Path):
    questions = load_exercise(EXERCISE).questions
    scores = scores_in(graded)
    assert scores.keys() == NOTEBOOKS.keys() | BESIDE.keys()
    for learner, found in scores.items():
        assert {q.id: found[f"{q.id}_test"] for q in questions} == {q.id: q.points for q in questions}, learner
    with open(graded / "grades.csv", encoding="utf-8", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {float(row["raw_score"]) for row in rows.values()} == {load_exercise(EXERCISE).max_points}
    assert rows["a-time"]["timestamp"].startswith("2026-01-02 03:04:05") and not rows["no-utf-8"]["timestamp"]


def test_no_link_is_followed_and_what_is_left_out_is_said(graded: Path):
    log = (graded / "autograde.log").read_text(encoding="utf-8")
    for learner in ("links", "strange", "linked-time"):
        for folder in ("autograded", "feedback"):
            files = [path for path in (graded / folder / learner).rglob("*") if path.is_file()]
            assert files and not any(path.is_symlink() or SECRET.encode() in path.read_bytes() for path in files)
    assert (graded / "autograded" / "links" / EXERCISE / "data" / "mine.txt").read_text() == "honest data"
    assert "not copied, links are not followed: file.txt, folder, data/deep.txt" in " ".join(log.split())
    assert "not copied, no regular file: pipe" in log and "not copied, more than 1,000 files" in log
    assert log.count("is a symbolic link, which is not followed") == 2 and "no UTF-8, which nbgrader cannot take" in log
    assert not (graded / "autograded" / "elsewhere").exists() and not (graded / "autograded" / "within").exists()


def test_names_that_are_patterns_or_alike_are_left_out_and_harm_nobody(graded: Path):
    log = (graded / "autograde.log").read_text(encoding="utf-8")
    for name, why in LEFT_OUT.items():
        assert not (graded / "autograded" / name).exists()
        folder = str(graded / "submitted" / name / EXERCISE)
        assert any(repr(folder) in line and why in line for line in log.splitlines()), name


def test_nothing_that_acts_is_copied_to_where_people_look(graded: Path):
    for folder in ("autograded", "feedback"):
        place = graded / folder / "acting" / EXERCISE
        found = {str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()}
        assert found == {"mine.csv", f"{EXERCISE}.{'ipynb' if folder == 'autograded' else 'html'}"}
    log = " ".join((graded / "autograde.log").read_text(encoding="utf-8").split())
    assert "not copied, a page that may act when it is opened: " in log and "not copied, not readable: ddd" in log


def test_thousands_of_notebooks_are_one_line(graded: Path):
    lines = (graded / "autograde.log").read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if "many-notebooks" in line]) < 30
    assert any("not looked at, no notebook of this assignment: 0.ipynb" in line for line in lines)


def test_feedback_shows_text_that_does_nothing(graded: Path):
    page = (graded / "feedback" / "script-link" / EXERCISE / f"{EXERCISE}.html").read_text(encoding="utf-8")
    assert "read me" in page and 'href="javascript:' not in page and "\\href" not in page and "&Tab;" not in page
    page = (graded / "feedback" / "svg" / EXERCISE / f"{EXERCISE}.html").read_text(encoding="utf-8")
    assert page.count("a picture that is not shown here") >= 3 and SVG["image/svg+xml"] not in page


def test_the_formgrader_shows_every_one_of_them(graded: Path):
    with formgrader(graded) as (ask, _):
        for one in ask("GET", f"api/submitted_notebooks/{EXERCISE}/{EXERCISE}"):
            page = ask("GET", f"submissions/{one['id']}")
            assert "Solved: 2 of 2 points" in page, one["student"]
            assert 'href="javascript:' not in page and "\\href" not in page


def test_who_handed_in_and_is_not_in_the_gradebook_has_a_gap(graded: Path, run: Run):
    folder = graded / "submitted" / "late" / EXERCISE
    folder.mkdir(parents=True)
    run("nbgrader", "db", "student", "add", "late", cwd=graded)
    run("nbgrader", "db", "student", "add", "absent", cwd=graded)
    run("nbgrader", "export", "--to", "later.csv", cwd=graded)
    with open(graded / "later.csv", encoding="utf-8", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert rows["late"]["score"] == "" and rows["absent"]["score"] == "0.0"


def test_collect_takes_no_links(graded: Path, run: Run):
    inbound = graded.parent / "exchange" / "transfer-learning" / "inbound"
    source = inbound / f"mallory+{EXERCISE}+2026-01-01 00:00:00.000000 UTC"
    source.mkdir(parents=True)
    inbound.parent.parent.chmod(0o777)
    (source / f"{EXERCISE}.ipynb").write_bytes(to_bytes(solved()))
    (source / "timestamp.txt").write_text("2026-01-01 00:00:00.000000 UTC")
    _links(source, graded / "private" / "notes.txt")
    (inbound / f"eve+{EXERCISE}+2026-01-01 00:00:00.000000 UTC").symlink_to(graded / "private")
    (graded / "submitted" / "no-utf-8" / EXERCISE).rename(graded / "submitted" / "no-utf-8" / "other")
    run("nbgrader", "collect", EXERCISE, f"--Exchange.root={inbound.parent.parent}", cwd=graded)
    taken = graded / "submitted" / "mallory" / EXERCISE
    found = {str(path.relative_to(taken)) for path in taken.rglob("*") if path.is_file()}
    assert found == {f"{EXERCISE}.ipynb", "timestamp.txt", "data/mine.txt"}
    assert not (graded / "submitted" / "eve" / EXERCISE).exists()


def test_folders_in_folders_and_files_without_end_are_looked_at_up_to_a_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    deep = tmp_path.joinpath(*["d"] * (handed_in.DEEPEST + 2))
    deep.mkdir(parents=True)
    (tmp_path / "page.html").touch()
    said: list[str] = []
    assert handed_in.plain_files(str(tmp_path), [], 100, said.append) == [str(tmp_path / "page.html")]
    assert handed_in.plain_files(str(tmp_path), [], 100, said.append, to_look_at=True) == []
    assert "too deep" in said[0] and "may act" in said[1] + said[2]
    for number in range(50):
        (tmp_path / f"{number}.txt").touch()
    (tmp_path / "z.ipynb").touch()
    monkeypatch.setattr(handed_in, "MAX_LOOKED_AT", 10)
    found = handed_in.plain_files(str(tmp_path), [], 100, said.append)
    assert len(found) <= 10 and found[0].endswith("z.ipynb")


def test_the_notebook_is_taken_before_what_is_too_much(tmp_path: Path):
    (tmp_path / "a.bin").write_bytes(bytes(3_000))
    (tmp_path / "b.ipynb").write_bytes(bytes(1_000))
    said: list[str] = []
    assert handed_in.plain_files(str(tmp_path), [], 2, said.append) == [str(tmp_path / "b.ipynb")]
    assert "too large" in said[0] and "a.bin" in said[0]
