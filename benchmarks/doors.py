"""Every submission of the demo class through one channel, with the channel's own commands.

Each function takes the class and a folder to work in, and gives what the learner or the instructor is told there.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
import zipfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import courses
import nbformat

from grader.exercise.catalogue import exercise_names
from grader.submissions.finding import Found

KEY = "the demo class through every channel"
TL = [sys.executable, "-m", "grader.cli"]
NBGRADER = [sys.executable, "-m", "nbgrader"]

Key = tuple[str, str]


@dataclass
class Outcome:
    """What a channel made of a submission: points (None: not graded), what it said, and the seconds it took."""

    points: float | None
    said: str
    seconds: float
    by_zip: bool = False
    """Whether otter run had nothing to say, and autograder.zip by itself said this."""


def run(command: list, folder: Path, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command as somebody whose home is `home`."""
    home.mkdir(parents=True, exist_ok=True)
    environment = courses.environment() | {"HOME": str(home), "TL_COURSE_KEY": KEY, **more}
    environment["PYTHONPATH"] = str(Path(__file__).resolve().parents[1])
    return subprocess.run(list(map(str, command)), cwd=folder, env=environment, capture_output=True, text=True)


def tl_grade(found: list[Found], submissions: Path, work: Path) -> dict[Key, Outcome]:
    """`tl grade`: the records that it writes."""
    _fine(run([*TL, "grade", submissions, "--out", work / "graded"], work, work / "home"), 0, 1)
    outcomes = {}
    for path in (work / "graded" / "records").rglob("*.json"):
        record = json.loads(path.read_text(encoding="utf-8"))
        outcomes[record["learner"], record["exercise"]] = _outcome(record, record["seconds"])
    return outcomes


def _outcome(result: dict, seconds: float) -> Outcome:
    if result["status"] != "graded":
        return Outcome(None, result["reason"], seconds)
    first = next((q["message"] for q in result["questions"] if q["status"] != "passed"), "")
    return Outcome(result["points"], first, seconds)


def gradebook(found: list[Found], submissions: Path, work: Path) -> dict[Key, Outcome]:
    """`tl grade --gradebook` into the gradebook of a new course; the seconds are for writing, shared out."""
    course = _course(work)
    tl_grade(found, submissions, work)
    started = time.monotonic()
    command = [*TL, "grade", submissions, "--out", work / "graded", "--gradebook", course / "gradebook.db"]
    done = _fine(run(command, work, work / "home"), 0, 1)
    each = (time.monotonic() - started) / len(found)
    points = _points(course)
    left_out = re.findall(r"not in the gradebook: (.*)", done.stderr)
    return {
        (f.learner, f.exercise): Outcome(
            points.get((f.learner, f.exercise)),
            next((line for line in left_out if line.startswith(f"{f.learner}, {f.exercise}")), ""),
            each,
        )
        for f in found
    }


def nbgrader(found: list[Found], submissions: Path, work: Path) -> dict[Key, Outcome]:
    """fetch, submit and collect through an exchange, then `nbgrader autograde`; its seconds, shared out."""
    course, said = _course(work), {}
    for name in exercise_names():
        _fine(run([*NBGRADER, "release_assignment", name], course, work / "home"))
    for number, one in enumerate(found):
        said[one.learner, one.exercise] = _submit(one, submissions, work, work / "learners" / f"{number}")
    seconds = 0.0
    logs = []
    for name in exercise_names():
        _fine(run([*NBGRADER, "collect", name], course, work / "home"))
        started = time.monotonic()
        logs.append(_fine(run([*NBGRADER, "autograde", name], course, work / "home"), 0, 1).stderr)
        seconds += time.monotonic() - started
    points = _points(course)
    outcomes = {}
    for one in found:
        key = (one.learner, one.exercise)
        page = course / "autograded" / one.learner / one.exercise / f"{one.exercise}.ipynb"
        if page.is_file():
            text = _first_message(page)
        else:
            lines = (line for log in logs for line in log.splitlines() if f"/{one.learner}/" in line)
            reasons = (re.search(r"(?:NotGraded: .*?ipynb|ERROR\] .*?): (.*)", line) for line in lines)
            text = next((reason[1] for reason in reasons if reason), said[key])
        outcomes[key] = Outcome(points.get(key), text, seconds / len(found))
    return outcomes


def _submit(one: Found, submissions: Path, work: Path, home: Path) -> str:
    """Fetch the assignment and hand in as this learner; what the commands said last."""
    folder = home / one.exercise
    home.mkdir(parents=True)
    # nbgrader asks the system for the user's name, except from the hub's own user.
    (work / "passwd").write_text(f"jovyan:x:{os.getuid()}:{os.getgid()}::/:/bin/sh\n", encoding="utf-8")
    learner = ["bwrap", "--dev-bind", "/", "/", "--ro-bind", work / "passwd", "/etc/passwd", *NBGRADER]
    exchange = [f"--Exchange.root={work / 'exchange'}", "--course=transfer-learning"]
    more = {"JUPYTERHUB_USER": one.learner}
    run([*learner, "fetch_assignment", one.exercise, *exchange], home, home / "home", **more)
    shutil.rmtree(folder, ignore_errors=True)
    source = submissions / one.learner
    folder.mkdir()
    for path in source.rglob("*.ipynb") if one.problem and not one.path.is_symlink() else [one.path]:
        shutil.copy(path, folder, follow_symlinks=False)
        if path.is_symlink():
            (folder / path.name).unlink()
            (folder / path.name).symlink_to(path.resolve())
    done = run([*learner, "submit", one.exercise, *exchange], home, home / "home", **more)
    return re.sub(r"^\[.*?\] ", "", done.stderr.strip().splitlines()[-1])


def _first_message(page: Path) -> str:
    for cell in nbformat.read(page, as_version=4).cells:
        for output in cell.get("outputs", []):
            shown = output.get("data", {}).get("text/html", "")
            if shown and "<strong>✓" not in shown:
                found = re.search(r"</p>\n<p>(.*?)</p>", shown, re.S)
                return html.unescape(re.sub(r"<[^>]+>", "", found[1] if found else shown))
    return ""


def _course(work: Path) -> Path:
    (work / "exchange").mkdir()
    (work / "exchange").chmod(0o777)
    course = work / "course"
    _fine(run([*TL, "release", course, "--to", "nbgrader", "--exchange", work / "exchange"], work, work / "home"))
    for name in exercise_names():
        _fine(run([*NBGRADER, "generate_assignment", name], course, work / "home"))
    return course


def _points(course: Path) -> dict[Key, float]:
    """The automatic points of every submission that has some; what a person scores is left out."""
    query = """select s.student_id, a.name, sum(g.auto_score) from grade g join submitted_notebook n on
               g.notebook_id = n.id join submitted_assignment s on n.assignment_id = s.id join assignment a on
               s.assignment_id = a.id join base_cell b on g.cell_id = b.id where b.name like '%\\_test' escape '\\'
               and g.auto_score is not null group by s.student_id, a.name"""
    with sqlite3.connect(course / "gradebook.db") as database:
        return {(learner, name): points for learner, name, points in database.execute(query)}


def otter(found: list[Found], submissions: Path, work: Path) -> dict[Key, Outcome]:
    """`otter run -a autograder.zip FILE`; where it writes no results, `python autograder.zip`, as on Gradescope."""
    _fine(run([*TL, "release", "otter", "--to", "otter", "--key", KEY], work, work / "home"))
    outcomes = {}
    for number, one in enumerate(found):
        known = one.exercise if one.exercise in exercise_names() else exercise_names()[0]
        package = work / "otter" / known / "autograder.zip"
        out = work / f"out-{number}"
        out.mkdir()
        submission = one.path
        if one.problem and not one.path.is_symlink() and one.exercise == known:
            submission = out / "handed-in.zip"
            with zipfile.ZipFile(submission, "w") as archive:
                for path in (submissions / one.learner).rglob("*.ipynb"):
                    archive.write(path, path.relative_to(submissions / one.learner))
        options = [package, "-o", out, submission]
        started = time.monotonic()
        done = run([courses.PYTHON.parent / "otter", "run", "-a", *options], out, work / "home")
        by_zip = not (out / "results.json").is_file()
        if by_zip:
            started = time.monotonic()
            done = run([sys.executable, *options], out, work / "home")
        outcome = _told(out / "results.json", done.stderr, time.monotonic() - started)
        outcomes[one.learner, one.exercise] = replace(outcome, by_zip=by_zip)
    return outcomes


def _told(results: Path, errors: str, seconds: float) -> Outcome:
    if not results.is_file():
        return Outcome(None, f"no results.json: {errors.strip().splitlines()[-1]}", seconds)
    told = json.loads(results.read_text(encoding="utf-8"))
    if told["tests"][0]["name"] == "not graded":
        return Outcome(None, told["output"].removeprefix("Not graded: "), seconds)
    shown = (test["output"] for test in told["tests"] if not test["output"].startswith("✓"))
    first = next(shown, "\n").split("\n", 1)[1]
    return Outcome(round(sum(test["score"] for test in told["tests"]), 6), first, seconds)


def tl_check(found: list[Found], submissions: Path, work: Path) -> dict[Key, Outcome]:
    """`tl check NOTEBOOK --json`, each as the learner alone, with a progress and hidden inputs of his own."""
    outcomes = {}
    for number, one in enumerate(found):
        started = time.monotonic()
        done = run([*TL, "check", one.path, "--json"], work, work / "homes" / f"{number}")
        seconds = time.monotonic() - started
        entries = json.loads(done.stdout) if done.stdout.strip() else []
        if entries:
            outcomes[one.learner, one.exercise] = _outcome(entries[0], seconds)
        else:
            said = done.stderr.strip().splitlines()[-1].rsplit(".ipynb: ", 1)[-1]
            outcomes[one.learner, one.exercise] = Outcome(None, said, seconds)
    return outcomes


def _fine(done: subprocess.CompletedProcess[str], *statuses: int) -> subprocess.CompletedProcess[str]:
    if done.returncode not in (statuses or (0,)):
        raise SystemExit(f"{done.args} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-3000:]}")
    return done


def save(path: Path, outcomes: dict[Key, Outcome]) -> None:
    """Keep what a channel said, so that the next run need not ask it again."""
    path.write_text(json.dumps([[*key, asdict(outcome)] for key, outcome in outcomes.items()]), encoding="utf-8")


def load(path: Path) -> dict[Key, Outcome]:
    """What `save` wrote."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    return {(learner, exercise): Outcome(**outcome) for learner, exercise, outcome in rows}
