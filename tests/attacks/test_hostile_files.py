"""Files and names that attack whoever reads them: notebooks like bombs, cells too long to read, names of folders."""

import os
import re
from pathlib import Path

import pytest
from arena import PLENTY, TIME_LIMIT, Arena, exercise_with
from grader_state import GraderState
from nbformat.v4 import new_code_cell
from shown import acts_on_a_page, acts_on_a_terminal

from grader.authoring.notebook import build_notebook, solved_notebook, to_bytes
from grader.cli.grade import show
from grader.grading import Settings, grade_class
from grader.pages import write_pages
from grader.results import RecordStore
from grader.submissions import NotReadable, read_answers

MANY = 12 * 2**20
FILES = {
    "lists": b'{"nbformat": 4, "cells": [], "x": [' + b"[]," * MANY + b"1]}",
    "objects": b'{"nbformat": 4, "cells": [], "x": [' + b"{}," * MANY + b"1]}",
    "numbers": b'{"nbformat": 4, "cells": [], "x": [' + b"1.5," * 2 * MANY + b"1]}",
    "depth": b"[" * 1_000_000,
    "digits": b'{"nbformat": ' + b"9" * 1_000_000 + b"}",
    "format 3 of nonsense": b'{"nbformat": 3, "worksheets": [{"cells": [[1], "x", null]}]}',
    "format of another kind": b'{"nbformat": [4], "cells": []}',
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_like_a_bomb_is_refused(name: str) -> None:
    exercise = exercise_with("freeze")
    grader = GraderState()
    with pytest.raises(NotReadable):
        read_answers(FILES[name], exercise)
    assert grader.grown_mib() < 100


LONG = {
    "magics": ("%time x = 1\n" * 60_000, 0.0),
    "system commands": ("x = !ls\n" * 20_000, 0.0),
    "lines": ("\n" * 1_900_000, 1.0),
    "functions": ("".join(f"def f{i}(): return f{i + 1}()\n" for i in range(60_000)), 0.0),
    "sums": ("x = " + "+".join("1" * 60_000), 1.0),
    "attributes": ("def f(a): return a" + ".b" * 30_000, 1.0),
    "parentheses": ("x = " + "(" * 5_000 + ")" * 5_000, 1.0),
    "indents": ("".join(" " * i + "if 1:\n" for i in range(99)), 1.0),
    "no characters": ("x = '\x00'", 1.0),
}
"""Cells beside a right answer, and the share of points that are left: the whole where only that cell cannot be read."""


@pytest.mark.parametrize("name", LONG)
def test_a_cell_that_cannot_be_read_in_time_costs_its_own_notebook_at_most(
    arena: Arena, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a machine that gives the reader less than a fifth of a core, the grader rightly says that it was too busy.
    monkeypatch.setattr("grader.grading.notebook_answers.READING", 0.02)
    source, share = LONG[name]
    notebook = solved_notebook(exercise_with("freeze"))
    notebook.cells.insert(2, new_code_cell(source))
    outcome = arena.grade_source("freeze", notebook, time_limit=PLENTY if share else TIME_LIMIT)
    assert outcome.record.status == "graded", outcome.record.reason
    assert outcome.record.points == share * outcome.record.max_points
    if not share:
        assert outcome.record.answer_seconds < 2 * TIME_LIMIT  # once, not once a question or an attempt
    after = arena.honest("freeze")
    assert after.record.points == after.record.max_points


NAMES = [
    "<script>alert(1)<",
    "<img src=x onerror=alert(2)>",
    '=HYPERLINK("http:example.org")',
    "\x1b[2J\x1b]0;owned\x07\x9b31m",
    "\u202egnp.exe",
    "-rf",
    "con",
    "new\nline\rreturn",
    "{{ 7*7 }}{% raw %}",
    "[link=https:example.org]bold[/link]",
    "x" * 250,
    os.fsdecode(b"\xff\xfe"),
    os.fsdecode(b"\xff\xff"),  # one replacement for each byte would make these two one learner
    r"\xff\xfe",
    "a;=1+1",
]


def test_a_class_of_hostile_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name, submissions, out = "02_feature_extraction", tmp_path / "submissions", tmp_path / "out"
    exercise = exercise_with("freeze")
    empty, solved = to_bytes(build_notebook(exercise)), to_bytes(solved_notebook(exercise))
    for learner in [*NAMES, "good"]:
        (submissions / learner).mkdir(parents=True)
        (submissions / learner / f"{name}.ipynb").write_bytes(solved if learner == "good" else empty)
    (submissions / "thief").mkdir()
    (submissions / "thief" / f"{name}.ipynb").symlink_to(submissions / "good" / f"{name}.ipynb")
    (submissions / "folder-thief").symlink_to(submissions / "good")
    (submissions / "waiting").mkdir()
    os.mkfifo(submissions / "waiting" / f"{name}.ipynb")
    (submissions / "many").mkdir()
    for number in range(10_000):
        (submissions / "many" / f"{number}.ipynb").write_bytes(b"{}")
    before = {path: path.read_bytes() for path in submissions.rglob("*") if path.is_file() and not path.is_symlink()}

    summary = grade_class(submissions, out, Settings(isolation="best", time_limit=10, key="names"))
    store = RecordStore(out)
    show(summary, store)
    write_pages(out, store.records())

    points = {record.learner: record.points for record in store.records()}
    assert len(points) == len(NAMES) + 4
    assert {learner for learner, number in points.items() if number > 0} == {"good"}
    refused = {record.learner for record in store.records() if record.status == "not_graded"}
    assert refused == {"thief", "waiting", "many"} and summary.not_graded == 3
    assert set(os.listdir(tmp_path)) == {"submissions", "out"}
    assert {path: path.read_bytes() for path in before} == before
    written = [path for path in out.rglob("*") if path.is_file()]
    assert all(path.name.isascii() and path.name.isprintable() for path in written)
    for path in written:
        text = path.read_text(encoding="utf-8-sig")
        assert acts_on_a_terminal(text) == []
        assert path.suffix != ".html" or acts_on_a_page(text) == []
        if path.suffix == ".csv":
            assert not any(re.match('["\\s]*[=+-]', cell) for line in text.splitlines() for cell in line.split(";"))
    assert acts_on_a_terminal(capsys.readouterr().out) == []
