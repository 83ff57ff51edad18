"""Handing in from the page itself: nbgrader's Assignment List over a real exchange, its Validate, and what arrives.

Needs the program `chromium` (or google-chrome).
"""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from browser import Page, until
from lab import NOTEBOOK, Lab, serve

from grader.exercise.catalogue import ROOT, load_exercise

EXERCISE = "02_feature_extraction"
COURSE = "transfer-learning"
WRONG = "def freeze(module):\n    module.requires_grad = False\n    return module\n"
CONFIG = """\
c = get_config()
c.Exchange.root = {exchange!r}
c.CourseDirectory.course_id = {course!r}
"""
"""All that a learner's side needs to know of a course."""


class HandedIn(Lab):
    """JupyterLab with nbgrader's Assignment List."""

    def open_list(self, address: str) -> None:
        self.page.goto(f"{address}/lab")
        ready = "() => !!window.jupyterapp?.commands.hasCommand('nbgrader:open-assignment-list')"
        until(lambda: self.page.run(ready), "JupyterLab has nbgrader's Assignment List", 120)
        self.command("nbgrader:open-assignment-list")

    def press(self, words: str, among: str) -> None:
        """Press the button that says `words`, when it has come to rest: lists are drawn more than once."""
        find = (
            f"[...document.querySelectorAll({among!r})].find(b => b.innerText.trim() === {words!r} && b.offsetParent)"
        )
        rests = (
            f"async () => {{ const b = {find}; await new Promise(done => setTimeout(done, 1000));"
            f" return !!b && b.isConnected && b === {find} }}"
        )
        until(lambda: self.page.run(rests), f"there is a button {words}")
        x, y = self.page.run(
            f"() => {{ const b = {find}; b.scrollIntoView({{block: 'center'}}); const r = b.getBoundingClientRect();"
            " return [r.x + r.width / 2, r.y + r.height / 2] }"
        )
        self.page.click(x, y)

    def says(self, among: str, words: str, seconds: float = 280) -> str:
        """The text of the first element of `among` that holds `words`."""
        find = f"[...document.querySelectorAll({among!r})].map(e => e.innerText).find(t => t.includes({words!r}))"
        until(lambda: self.page.run(f"() => {find} ?? ''"), f"the page says {words!r}", seconds)
        return self.page.run(f"() => {find}")


@pytest.fixture
def nbgrader(tmp_path: Path) -> "Commands":
    return Commands(tmp_path)


class Commands:
    """The commands of an instructor in a course folder, and the folders of a course."""

    def __init__(self, base: Path) -> None:
        self.base, self.course, self.exchange = base, base / "course", base / "exchange"
        self.exchange.mkdir()
        self.exchange.chmod(0o777)
        self.environment = {**os.environ, "HOME": str(base), "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # nbgrader calls alembic by its name
        self.environment["PATH"] = path

    def __call__(self, *arguments: str, cwd: Path | None = None) -> None:
        done = subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=cwd or self.course,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, f"{arguments}:\n{done.stdout}{done.stderr}"[-4000:]

    def points(self) -> dict[str, float]:
        """Question -> the autograder's points, of the one learner; a free text waits for a person."""
        query = "select b.name, g.auto_score from grade g join base_cell b on g.cell_id = b.id"
        with sqlite3.connect(self.course / "gradebook.db") as database:
            scores = dict(database.execute(query))
        return {name.removesuffix("_test"): score for name, score in scores.items() if name.endswith("_test")}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_learner_fetches_validates_and_submits_in_the_page(nbgrader: Commands, tmp_path: Path) -> None:
    release = ("--to", "nbgrader", "-e", EXERCISE, "--exchange", "exchange")
    nbgrader("grader.cli", "release", "course", *release, cwd=tmp_path)
    nbgrader("nbgrader", "generate_assignment", EXERCISE)
    nbgrader("nbgrader", "release_assignment", EXERCISE)
    mine = tmp_path / "mine"
    mine.mkdir()
    config = CONFIG.format(exchange=str(nbgrader.exchange), course=COURSE)
    (mine / "nbgrader_config.py").write_text(config, encoding="utf-8")
    exercise = load_exercise(EXERCISE)
    right = exercise.question("freeze").answer_source
    shots = Path(os.environ.get("TL_SCREENSHOTS") or tmp_path)
    with serve(mine, tmp_path / "home") as address:
        page = Page(tmp_path / "profile")
        try:
            lab = HandedIn(page)
            lab.open_list(address)
            lab.press("Fetch", "#released_assignments_list button")
            lab.says("#fetched_assignments_list", EXERCISE)
            page.picture(shots / "fetched.png")
            notebook = mine / EXERCISE / f"{EXERCISE}.ipynb"
            until(notebook.is_file, "the notebook is fetched")

            lab.open(f"{address}/doc/tree/{EXERCISE}/{EXERCISE}.ipynb")
            lab.run(lab.cell_with("from tlcore.check import check"))
            validated = []
            for answer, said in ((WRONG, "2 of 4 checks hold"), (right, "all 4 checks hold")):
                lab.type_into(lab.cell("freeze"), answer)
                lab.run(lab.cell("freeze"))
                assert said in lab.run(lab.cell("freeze_test"))
                page.run(f"() => {NOTEBOOK}.context.save()")
                lab.press("Validate", "button, jp-button")
                validated.append(lab.says(".jp-Dialog", "Validation Results", 240))
                page.picture(shots / f"validated_{len(validated)}.png")
                lab.press("Ok", ".jp-Dialog button")
                until(lambda: not page.run("() => !!document.querySelector('.jp-Dialog')"), "the dialog is closed")
            assert 'check("freeze")' in validated[0] and "Which tensors does the optimizer hold" in validated[0]
            assert 'check("freeze")' not in validated[1] and 'check("prepare")' in validated[1]
            assert "run.py" not in "".join(validated), "a learner is not shown how the check is made"

            lab.open_list(address)
            lab.press("Submit", "#fetched_assignments_list button")
            lab.says("#submitted_assignments_list", EXERCISE)
            page.picture(shots / "submitted.png")
        finally:
            page.close()
    nbgrader("nbgrader", "collect", EXERCISE)
    nbgrader("nbgrader", "autograde", EXERCISE)
    (collected,) = (nbgrader.course / "submitted").glob(f"*/{EXERCISE}/{EXERCISE}.ipynb")
    assert collected.read_bytes() == notebook.read_bytes()
    assert nbgrader.points() == {q.id: q.points if q.id == "freeze" else 0.0 for q in exercise.questions}
