"""A course that `tl release --to nbgrader` wrote: handing in, what its gradebook says, and its formgrader."""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from channel_cases import EXERCISE, KEY

from grader.exercise.catalogue import ROOT


def hand_in(course: Path, learner: str, notebook: Path) -> None:
    """Put a notebook where nbgrader collects them."""
    target = course / "submitted" / learner / EXERCISE
    target.mkdir(parents=True)
    shutil.copy(notebook, target)


def scores_in(course: Path, gradebook: str = "gradebook.db") -> dict[str, dict[str, float | None]]:
    """Learner -> cell -> the autograder's score in the gradebook."""
    query = """select s.student_id, b.name, g.auto_score from grade g join submitted_notebook n on g.notebook_id = n.id
               join submitted_assignment s on n.assignment_id = s.id join base_cell b on g.cell_id = b.id"""
    found: dict[str, dict[str, float | None]] = {}
    with sqlite3.connect(course / gradebook) as database:
        for learner, cell, score in database.execute(query):
            found.setdefault(learner, {})[cell] = score
    return found


def autograde_in_the_background(course: Path, *options: str) -> subprocess.Popen[str]:
    """A `nbgrader autograde` that goes on while the test does."""
    command = [sys.executable, "-m", "nbgrader", "autograde", EXERCISE, *options]
    environment = {**os.environ, "TL_COURSE_KEY": KEY, "PYTHONPATH": os.environ.get("PYTHONPATH") or str(ROOT)}
    return subprocess.Popen(command, cwd=course, env=environment, stderr=subprocess.PIPE, text=True)


@contextmanager
def formgrader(course: Path) -> Iterator[tuple[Callable[..., Any], str]]:
    """The real formgrader of a Jupyter server in the course.

    Gives ask(method, path, json), which answers JSON or a page's text, and the address for a browser (token: t).
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", "--allow-root", f"--port={port}", "--ServerApp.port_retries=0"]
    options.append("--IdentityProvider.token=t")
    extension = "--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}"
    command = [sys.executable, "-m", "jupyter", "server", *options, extension]
    environment = {**os.environ, "PYTHONPATH": os.environ.get("PYTHONPATH") or str(ROOT), "HOME": str(course.parent)}
    log = course.parent / "server.log"
    with open(log, "w", encoding="utf-8") as file:
        process = subprocess.Popen(command, cwd=course, env=environment, stdout=file, stderr=file)

    def ask(method: str, path: str, content: Any = None) -> Any:
        data = None if content is None else json.dumps(content).encode()
        address = f"http://127.0.0.1:{port}/formgrader/{path}"
        request = urllib.request.Request(address, data, {"Authorization": "token t"}, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read().decode("utf-8")
        return json.loads(text) if path.startswith("api/") else text

    try:
        deadline = time.monotonic() + 280
        while True:
            assert process.poll() is None and time.monotonic() < deadline, log.read_text(encoding="utf-8")
            try:
                ask("GET", "api/assignments")
                break
            except (ConnectionError, urllib.error.URLError):
                time.sleep(0.3)
        yield ask, f"http://127.0.0.1:{port}/formgrader"
    finally:
        process.terminate()
        process.wait(timeout=60)
