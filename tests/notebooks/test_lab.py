"""A learner's way through an exercise in the real JupyterLab, in a headless Chromium.

Needs the program `chromium` (or google-chrome).
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from browser import Page, until

from grader.authoring.exercise import ROOT, load_exercise

EXERCISE = "02_feature_extraction"
NOTEBOOK = "window.jupyterapp.shell.currentWidget"
CELLS = f"{NOTEBOOK}.content.widgets"
WRONG = "def freeze(module):\n    module.requires_grad = False\n    return module\n"


class Lab:
    """JupyterLab with one notebook open."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, url: str) -> None:
        self.page.goto(url)
        ready = f"() => !!(window.jupyterapp && {NOTEBOOK}?.sessionContext?.isReady && {CELLS}.length)"
        until(lambda: self.page.run(ready), "JupyterLab shows the notebook and has a kernel", 120)
        self.idle()

    def command(self, name: str) -> None:
        self.page.run("name => { window.jupyterapp.commands.execute(name) }", name)

    def cell(self, grade_id: str) -> int:
        return self.page.run(
            f"id => {CELLS}.findIndex(c => c.model.getMetadata('nbgrader')?.grade_id === id)",
            grade_id,
        )

    def cell_with(self, text: str) -> int:
        return self.page.run(f"t => {CELLS}.findIndex(c => c.model.sharedModel.getSource().includes(t))", text)

    def select(self, index: int) -> None:
        self.page.run(
            f"async i => {{ const n = {NOTEBOOK}.content; n.deselectAll(); n.activeCellIndex = i;"
            " await n.scrollToItem(i, 'start') }",
            index,
        )

    def run(self, index: int) -> str:
        """Run a cell; the text that it shows."""
        self.select(index)
        self.command("notebook:run-cell")
        self.idle()
        return self.page.run(f"i => {CELLS}[i].outputArea?.node.innerText ?? ''", index)

    def type_into(self, index: int, source: str) -> None:
        """Replace a cell's source with the keyboard's own ways: enter, select all, type."""
        self.select(index)
        self.command("notebook:enter-edit-mode")
        editing = f"() => {NOTEBOOK}.content.mode === 'edit' && document.activeElement.closest('.cm-editor') !== null"
        until(lambda: self.page.run(editing), "the cell can be edited", 10)
        self.page.run("() => { document.execCommand('selectAll') }")
        self.page.write(source)

    def source(self, index: int) -> str:
        return self.page.run(f"i => {CELLS}[i].model.sharedModel.getSource()", index)

    def idle(self, seconds: float = 120) -> None:
        state = (
            f"() => {NOTEBOOK}.sessionContext.kernelDisplayStatus === 'idle' && "
            f"{CELLS}.every(c => !c.promptNode?.textContent.includes('*'))"
        )
        # Twice: between a command and the kernel's first word the notebook still looks idle.
        self.page.run("() => new Promise(done => setTimeout(done, 400))")
        until(lambda: self.page.run(state), "the kernel has run the cell", seconds)


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    home = tmp_path / "home"
    home.mkdir()
    folder = tmp_path / "notebooks"
    folder.mkdir()
    shutil.copy(ROOT / "exercises" / f"{EXERCISE}.ipynb", folder)
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "JUPYTERLAB_SETTINGS_DIR")
    own = {name: str(home / name.lower()) for name in names}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=",
        "--expose-app-in-browser",
    ]
    with (tmp_path / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", *options],
            cwd=folder,
            env={**os.environ, **own, "HOME": str(home), "OMP_NUM_THREADS": "1"},
            stdout=log,
            stderr=log,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        until(lambda: answers(f"{address}/api/status"), "the Jupyter server starts")
        page = Page(tmp_path / "profile")
        try:
            lab = Lab(page)
            lab.open(f"{address}/doc/tree/{EXERCISE}.ipynb")
            yield lab
        finally:
            page.close()
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)  # it ends its kernels
        except subprocess.TimeoutExpired:
            server.kill()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def pictures(lab: Lab, index: int) -> list[dict[str, Any]]:
    """The images in a cell's output: how wide they are drawn, and their alternative text."""
    return lab.page.run(
        f"i => [...{CELLS}[i].outputArea.node.querySelectorAll('img')].map(p => "
        "({drawn: p.width, real: p.naturalWidth, alt: p.alt}))",
        index,
    )


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_learner_fills_a_blank_sees_what_is_wrong_mends_it_and_runs_everything(lab: Lab, tmp_path: Path) -> None:
    exercise = load_exercise(EXERCISE)
    blank, check = lab.cell("freeze"), lab.cell("freeze_test")
    lab.run(lab.cell_with("from tlcore.check import check"))

    assert "not defined yet" in lab.run(check)
    lab.run(blank)
    assert "not filled in yet" in lab.run(check)

    lab.type_into(blank, WRONG)
    assert lab.source(blank).strip() == WRONG.strip()
    lab.run(blank)
    said = lab.run(check)
    assert "2 of 4 checks hold" in said and "Which tensors does the optimizer hold" in said
    (picture,) = pictures(lab, check)
    assert picture["real"] > 600 and 300 < picture["drawn"] <= 600
    assert "8 of 10 layers differ" in picture["alt"]

    lab.type_into(blank, exercise.question("freeze").answer_source)
    lab.run(blank)
    assert "all 4 checks hold" in lab.run(check)
    assert "all as expected" in pictures(lab, check)[0]["alt"]

    hints = lab.cell_with("<summary>Hint 1")
    lab.select(hints)
    summaries = f"[...{CELLS}[i].node.querySelectorAll('summary')].filter(s => s.checkVisibility())"
    last = f"const b = {summaries}.at(-1).getBoundingClientRect(); return [b.x + 20, b.y + b.height / 2]"
    for shown in range(1, 5):
        assert lab.page.run(f"i => {summaries}.length", hints) == shown
        place = f"i => {{ {last} }}"
        lab.page.click(*lab.page.run(place, hints))
    assert "A loop of one line" in lab.page.run(f"i => {CELLS}[i].node.innerText", hints)

    for question in exercise.questions:
        lab.page.run(
            f"(i, s) => {{ {CELLS}[i].model.sharedModel.setSource(s) }}",
            lab.cell(question.id),
            question.answer_source,
        )
    lab.page.run(f"() => {NOTEBOOK}.sessionContext.session.kernel.restart()")
    lab.command("notebook:run-all-cells")
    lab.idle(240)
    lab.page.picture(tmp_path / "end.png")
    lab.page.run(f"() => {NOTEBOOK}.context.save()")
    saved = nbformat.read(tmp_path / "notebooks" / f"{EXERCISE}.ipynb", as_version=4)
    nbformat.validate(saved)
    outputs = {c.metadata.get("nbgrader", {}).get("grade_id"): c.get("outputs") for c in saved.cells}
    for question in exercise.questions:
        assert f"{question.id} — all " in outputs[f"{question.id}_test"][0].data["text/plain"]
    assert "stderr" not in {o.get("name") for c in saved.cells for o in c.get("outputs", [])}
    assert "error" not in {o.output_type for c in saved.cells for o in c.get("outputs", [])}
    assert "%|" not in json.dumps([c.get("outputs") for c in saved.cells]), "no bar is left in the saved notebook"
