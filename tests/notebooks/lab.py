"""JupyterLab as a learner has it: a real server on a folder, and its page in a headless Chromium."""

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from browser import Page, until

NOTEBOOK = "window.jupyterapp.shell.currentWidget"
CELLS = f"{NOTEBOOK}.content.widgets"


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
        """Replace a cell's source as with mouse and keyboard: a click into it, select all, type."""
        self.select(index)
        place = (
            f"i => {{ const r = {CELLS}[i].node.querySelector('.cm-line').getBoundingClientRect(); return [r.x, r.y] }}"
        )
        x, y = self.page.run(place, index)
        self.page.click(x + 20, y + 8)
        editing = f"() => {NOTEBOOK}.content.mode === 'edit' && document.activeElement.closest('.cm-editor') !== null"
        until(lambda: self.page.run(editing), "the cell can be edited", 10)
        self.page.run("() => { document.execCommand('selectAll') }")
        self.page.write(source)

    def source(self, index: int) -> str:
        return self.page.run(f"i => {CELLS}[i].model.sharedModel.getSource()", index)

    def idle(self, seconds: float = 280) -> None:
        state = (
            f"() => {NOTEBOOK}.sessionContext.kernelDisplayStatus === 'idle' && "
            f"{CELLS}.every(c => !c.promptNode?.textContent.includes('*'))"
        )
        # Twice: between a command and the kernel's first word the notebook still looks idle.
        self.page.run("() => new Promise(done => setTimeout(done, 400))")
        until(lambda: self.page.run(state), "the kernel has run the cell", seconds)


@contextmanager
def serve(folder: Path, home: Path, python: Path = Path(sys.executable), **more: str) -> Iterator[str]:
    """The address of a Jupyter server in `folder` that keeps its settings in `home`; `more` is for its environment."""
    home.mkdir(exist_ok=True)
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
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [python, "-m", "jupyterlab", "--no-browser", "--allow-root", *options],
            cwd=folder,
            env={**os.environ, **own, "HOME": str(home), "OMP_NUM_THREADS": "1", **more},
            stdout=log,
            stderr=log,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        until(lambda: answers(f"{address}/api/status"), "the Jupyter server starts")
        yield address
    finally:
        server.terminate()
        try:
            server.wait(timeout=120)  # it ends its kernels
        except subprocess.TimeoutExpired:
            server.kill()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False
