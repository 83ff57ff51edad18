"""Where attacks are tried: a warm sandbox with what an attacker would like to reach round it, and the looks afterwards.

`Arena.attack` grades one submission as `tl grade` does, with every byte that the learner's side says written down;
`Arena.honest` grades the next learner's. Round the sandbox stand, with canaries: a bystander process of the sandbox's
own user that listens on sockets, a neighbour's submission on disk, a neighbour's live session, files beside the hidden
tests and the reference.
"""

from __future__ import annotations

import dataclasses
import os
import re
import secrets
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import torch
from bystander import Bystander
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from processes import Consumption, below, environment_of

from grader.authoring.notebook import build_notebook, fill, to_bytes
from grader.exercise.catalogue import ROOT, exercise_names, load_exercise
from grader.exercise.model import Exercise
from grader.exercise.percent import read_cells
from grader.grading.notebook_answers import NotebookAnswers
from grader.grading.submission import grade
from grader.judging.answer_key import AnswerKey
from grader.results import RecordStore, SubmissionResult
from grader.sandbox import Limits, Sandbox, Session, Tier, probe
from grader.submissions import read_answers

HERE = Path(__file__).parent
ATTACKS = sorted((HERE / "submissions").glob("*.py"))
TIERS = [tier.value for tier in probe().available if tier is not Tier.NONE]
TIME_LIMIT = 3.0
"""Seconds a question: what an endless attack costs."""
PLENTY = 60.0
"""Seconds for a question that will be answered: 0.3 on two busy cores, and nobody waits for the rest."""
MARK = "tl_attack_mark"
"""In the name of every file, variable and socket that an attack leaves behind."""

# An eighth of what a class gets: bombs go off soon, and the machine that runs these tests hardly feels them.
LIMITS = Limits(
    cpu_seconds=6.0,
    memory_mib=512,
    total_memory_mib=768,
    processes=24,
    file_mib=16,
    scratch_mib=48,
    scratch_files=1024,
    shared_mib=32,
)


@dataclass
class Outcome:
    """One graded submission: its record, all that its side of the socket said, and how long it took."""

    record: SubmissionResult
    said: bytes
    seconds: float
    used: Consumption | None = None

    def comparable(self) -> dict[str, Any]:
        """The record without what differs between two runs of one submission."""
        data = self.record.to_dict()
        for name in ("learner", "digest", "seconds", "cpu_seconds", "answer_seconds", "graded_at"):
            del data[name]
        return data


@dataclass
class Canaries:
    """Random words; whoever shows one outside its place has leaked it."""

    environment: str = field(default_factory=lambda: f"canary-env-{secrets.token_hex(8)}")
    hidden: str = field(default_factory=lambda: f"canary-hid-{secrets.token_hex(8)}")
    reference: str = field(default_factory=lambda: f"canary-ref-{secrets.token_hex(8)}")
    neighbour: str = field(default_factory=lambda: f"canary-nei-{secrets.token_hex(8)}")
    session: str = field(default_factory=lambda: f"canary-ses-{secrets.token_hex(8)}")
    bystander: str = field(default_factory=lambda: f"canary-bys-{secrets.token_hex(8)}")
    key: str = field(default_factory=lambda: f"canary-key-{secrets.token_hex(8)}")

    def in_text(self, said: bytes) -> list[str]:
        """Which of them appear in `said`, by name; a line of a hidden test or a reference counts too."""
        names = [f.name for f in dataclasses.fields(self) if getattr(self, f.name).encode() in said]
        return names + [line.decode() for line in closed_lines() if line in said]


def closed_lines() -> list[bytes]:
    """Lines that stand in hidden tests and references and nowhere else, long enough to be no accident."""
    found: list[bytes] = []
    for folder in ("grader/hidden", "tlcore/reference", "tlcore/misconceptions"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            lines = [line.strip() for line in path.read_bytes().splitlines()]
            found += [line for line in lines if len(line) > 30 and re.match(rb"def test_|Source: |expect\(", line)]
    return found


class Tapped:
    """A session's socket that writes down what comes through it."""

    def __init__(self, inner: socket.socket, said: bytearray):
        self._inner, self._said = inner, said

    def recv(self, size: int) -> bytes:
        """As of a socket."""
        data = self._inner.recv(size)
        self._said += data
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class TappedSandbox:
    """A sandbox whose sessions are tapped."""

    def __init__(self, inner: Sandbox):
        self._inner = inner
        self.tier = inner.tier
        self.said = bytearray()

    def session(self) -> Session:
        """A fresh session."""
        session = self._inner.session()
        session.socket = Tapped(session.socket, self.said)  # type: ignore[assignment]
        return session


class Arena:
    """One tier's sandbox and its surroundings. A context manager; see the module's docstring."""

    def __init__(self, tier: str, folder: Path):
        self.tier, self.folder, self.out = tier, folder, folder / "graded"
        self.canaries = Canaries()
        self._keys: dict[str, AnswerKey] = {}
        self._planted: list[Path] = []

    def __enter__(self) -> Arena:
        torch.set_num_threads(1)
        os.environ["TL_CANARY"] = self.canaries.environment
        self.submissions = self.folder / "submissions"
        theirs = self.submissions / "neighbour" / "02_feature_extraction.ipynb"
        self._plant(theirs, self.canaries.neighbour)
        # __pycache__ is in nobody's commit and nobody's package, should this process be killed before it tidies up.
        for place, canary in (("grader/hidden", self.canaries.hidden), ("tlcore/reference", self.canaries.reference)):
            self._plant(ROOT / place / "__pycache__" / f"{canary[:14]}.txt", canary)
        self.bystander = Bystander(self.folder / "bystander", self.canaries.bystander)
        self.sandbox = Sandbox(self.tier, LIMITS)
        self.sandbox.start()
        assert self.sandbox.fork_server_pid is not None
        self.fork_servers = [self.sandbox.fork_server_pid, *below(self.sandbox.fork_server_pid)]
        self.neighbour = NotebookAnswers(self.sandbox, [_neighbours_cell(self.canaries.session)], 20.0)
        self.neighbour.begin("freeze")
        self.settled = set(below(self.sandbox.fork_server_pid))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.neighbour.drop()
        self.sandbox.close()
        self.bystander.close()
        os.environ.pop("TL_CANARY", None)
        for path in self._planted:
            path.unlink(missing_ok=True)

    def _plant(self, path: Path, canary: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(canary + "\n")
        self._planted.append(path)

    def attack(self, answers: Path) -> Outcome:
        """Grade the submission of an answer file, with all that an attacker could find out beforehand told to it."""
        assert self.sandbox.fork_server_pid is not None
        with Consumption(self.sandbox.fork_server_pid, self.settled) as used:
            outcome = self.grade_source(question_of(answers), notebook_of(answers, self.known()), answers.stem)
        outcome.used = used
        RecordStore(self.out).write(outcome.record)
        return outcome

    def grade_source(
        self, question: str, notebook: NotebookNode, learner: str = "honest", time_limit: float = TIME_LIMIT
    ) -> Outcome:
        """Grade a notebook on one question, as `tl grade` does it."""
        whole = exercise_with(question)
        # The whole notebook, and of it that one question: an attack costs no time on the others.
        exercise = dataclasses.replace(whole, questions=(whole.question(question),))
        answered = read_answers(to_bytes(notebook), exercise)
        tapped: Any = TappedSandbox(self.sandbox)
        key = self.key(exercise.name)
        # Computed once a class, so nobody's own time.
        key.reference(question)
        for wrong in key.misconceptions(question):
            key.predicted(question, wrong)
        began = time.monotonic()
        record = grade(tapped, exercise, key, answered, learner, "digest", time_limit)
        return Outcome(record, bytes(tapped.said), time.monotonic() - began)

    def honest(self, question: str) -> Outcome:
        """Grade a right answer that first looks round for what another learner may have left."""
        exercise = exercise_with(question)
        right = (HERE / "looking_round.py").read_text() + "\n\n" + exercise.question(question).answer_source
        answers = {q.id: q.answer_source for q in exercise.questions} | {question: right}
        return self.grade_source(question, fill(build_notebook(exercise), answers), time_limit=PLENTY)

    def key(self, exercise: str) -> AnswerKey:
        """The answer key of an exercise, computed once."""
        if exercise not in self._keys:
            from grader.grading.course_key import seed_of_exercise

            self._keys[exercise] = AnswerKey(exercise, seed_of_exercise(self.canaries.key, exercise))
        return self._keys[exercise]

    def known(self) -> dict[str, Any]:
        """What an attacker may have found out by other ways: pids, paths, ports."""
        fork_server = self.fork_servers[-1]
        stage = environment_of(fork_server).get("PYTHONPATH", "").split(":")[0]
        return {
            "pids": [os.getpid(), os.getppid(), 1, self.bystander.pid, *self.fork_servers, self._neighbours_pid()],
            "bystander": self.bystander.pid,
            "port": self.bystander.port,
            "abstract": self.bystander.abstract,
            "sockets": self.bystander.paths,
            "checkout": str(ROOT),
            "planted": [str(path) for path in self._planted],
            "submissions": str(self.submissions),
            "scratches": str(Path(stage).parent / "scratch"),
            "mark": MARK,
        }

    def _neighbours_pid(self) -> int:
        session = self.neighbour._session
        assert session is not None
        return session.pid or 0

    def left_behind(self, patience: float = 20.0) -> list[str]:
        """What of an attack is still there: processes, files, listening sockets. Waits a moment for what is ending."""
        end = time.monotonic() + patience
        assert self.sandbox.fork_server_pid is not None
        while (extra := set(below(self.sandbox.fork_server_pid)) - self.settled) and time.monotonic() < end:
            time.sleep(0.01)
        found = [f"process {pid}" for pid in extra]
        if self.tier == "reduced":
            path = environment_of(self.fork_servers[-1]).get("PYTHONPATH")
            everybody = [int(name) for name in os.listdir("/proc") if name.isdigit()]
            ours = {*self.fork_servers, *self.settled, os.getpid()}
            found += [f"escaped process {p}" for p in everybody if p not in ours and _lives(p, path)]
        places = ["/tmp", "/var/tmp", "/dev/shm", "/run", "/", "/root", "/home", os.path.expanduser("~"), os.getcwd()]
        places += [str(ROOT / name) for name in ("", "grader", "grader/hidden", "tlcore", "tlcore/reference")]
        places += [self.known()["scratches"], str(self.submissions), str(self.bystander.folder)]
        for place in dict.fromkeys(places):
            try:
                found += [f"file {place}/{name}" for name in os.listdir(place) if MARK in name]
            except OSError:
                continue
        with open("/proc/net/unix") as table:
            found += [f"socket {line.split()[-1]}" for line in table if MARK in line]
        return found + self.bystander.complaints()


def _lives(pid: int, path: str | None) -> bool:
    return path is not None and environment_of(pid).get("PYTHONPATH") == path


def _neighbours_cell(canary: str) -> dict[str, Any]:
    source = f"secret = {canary!r}\nopen('secret.txt', 'w').write(secret)\ndef freeze(module):\n    return secret\n"
    return {"source": source, "question": "freeze"}


def question_of(answers: Path) -> str:
    """The question that an attack file answers."""
    return next(cell.options["question"] for cell in read_cells(answers) if "question" in cell.options)


def exercise_with(question: str) -> Exercise:
    """The exercise that has a question."""
    for name in exercise_names():
        exercise = load_exercise(name)
        if any(q.id == question for q in exercise.questions):
            return exercise
    raise LookupError(f"no exercise has a question {question}")


def notebook_of(answers: Path, known: dict[str, Any]) -> NotebookNode:
    """The submission of an answer file: its answer in the blank, its other cells above the answer."""
    question = question_of(answers)
    cells = read_cells(answers)
    given = {cell.options["question"]: cell.source for cell in cells if "question" in cell.options}
    notebook = fill(build_notebook(exercise_with(question)), given)
    others = [cell.source for cell in cells if "question" not in cell.options and not cell.markdown]
    added = [new_code_cell(source, id=f"added-{i}") for i, source in enumerate([f"KNOWN = {known!r}", *others])]
    at = next(i for i, c in enumerate(notebook.cells) if c.metadata.get("nbgrader", {}).get("grade_id") == question)
    notebook.cells[at:at] = added
    return notebook
