"""A learner's notebook in the sandbox, question by question. A question that is lost takes only itself along."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from grader.judging.stand_ins import sources_of
from grader.remote import codec
from grader.sandbox import Fate, SandboxError, Session, Sessions
from grader.student.answers import Fault, LearnerError, SandboxedAnswers

LOST = {"TimeLimit", "Died", "Unreadable", "OutOfMemory"}
"""Ends after which the process cannot be asked anything more."""

ENDING = 5.0
"""Seconds to wait for word of how a process ended whose socket was closed. It comes in 0.01 s on a quiet machine."""

GRACE = 0.1
"""Seconds that a process which closed its socket has for ending, as one does that is on its way out."""

READING = 0.2
"""Share of the time limit that must be CPU time for a notebook to be too long to read, rather than the machine too
busy. An ordinary one takes 0.05 s."""

OF_ITS_OWN = 0.5
"""Share of the time limit that an answer's own cell may take, with what it needs. The rest is the hidden tests': the
slowest reference needs a tenth of it."""

ONE_CELL, ALL_CELLS = 0.25, 1.0
"""The same of a cell that runs above an answer as in Jupyter, and of all of them. It is no time of the question's."""

ALL_QUESTIONS = 2.0
"""And of those above all answers of a notebook together."""

LEAST, SLACK = 0.25, 3.0
"""Seconds that each of these cells has in any case; and those until it counts as one that cannot be interrupted."""

RESTARTS = 4
"""How many cells may take their process down, or hang in it, before no more cells above this answer are tried."""


AGAIN = 1 / 3
"""Share of the time limit that a question has at least when it is asked again, after what it has used already. Not the
whole: an answer that kills itself in time is asked again each time."""

AT_MOST = 1 + 2 * AGAIN
"""Time limits that a question has in all, however often and in whichever ways it is asked."""


class NotebookAnswers:
    """Runs answers of one notebook in sessions of the sandbox; a fresh session follows one that was lost.

    `files` are texts that lay beside the notebook, by their paths.
    """

    def __init__(
        self,
        sandbox: Sessions,
        cells: list[dict[str, Any]],
        time_limit: float,
        files: Mapping[str, str] | None = None,
    ):
        self.sandbox, self.cells, self.time_limit = sandbox, cells, time_limit
        self.files = dict(files or {})
        self.failed = ""
        """The kind of error in which the answer's own cell ended, where what it defines stands all the same."""
        self.failed_above: dict[int, str] = {}
        """How cells ended, by index, that did not come to their end where they ran as in Jupyter."""
        self._plain: set[str] = set()
        """Questions for which Jupyter would have run the same."""
        self._spent = False
        """The session holds something that is this question's alone."""
        self._as_jupyter = False
        self._cells_lost: dict[int, str] = {}
        """Cells that took a process down, or hung in it, by index: they are not tried again."""
        self._seconds_left = ALL_QUESTIONS * time_limit
        self.cpu_seconds = 0.0
        self.waited = 0.0
        self._session: Session | None = None
        self._answers: SandboxedAnswers | None = None
        self._question = ""
        self._begun = 0.0
        """`_all_waited` when the question began."""
        self._stand_ins: tuple[str, ...] = ()
        self._lost = False
        """The process was lost in this try."""
        self._waited_for: dict[str, float] = {}
        """Seconds that each question has been waited for."""
        self._stopped: set[str] = set()
        """Questions in which a process was found stopped."""
        self._endless: LearnerError | None = None
        """Why no question of this notebook can be asked."""

    def begin(self, question: str, stand_ins: tuple[str, ...] = (), as_jupyter: bool = False) -> SandboxedAnswers:
        """Run the answer of `question` after what it needs; who answers its hidden tests from now on.

        as_jupyter: in a fresh process, and after all cells above it that the learner wrote or changed, whole and in
        order. Raises LearnerError with what the answer raised, Fault where the sandbox failed.
        """
        self._note_time()
        other = question != self._question
        # Where stand-ins are, nothing else is asked.
        changed = as_jupyter != self._as_jupyter or bool(stand_ins or self._stand_ins)
        if changed or (other and (as_jupyter or self._spent)):
            self.drop()
        self._question, self._stand_ins, self._as_jupyter = question, stand_ins, as_jupyter
        used = self._waited_for.get(question, 0.0)
        left = AT_MOST * self.time_limit - used
        if left < LEAST:
            self.drop()
            self._begun = self._all_waited()
            raise LearnerError("TimeLimit", "no answer within the time limit")
        answers = self._answers
        if answers is None:
            answers = self._start()
            if as_jupyter:
                answers = self._after_cells_above(answers)
        self._begun = self._all_waited()
        answers.restart_clock(min(max(self.time_limit - used, AGAIN * self.time_limit), left))
        self._run_answer(answers)
        return answers

    def _all_waited(self) -> float:
        return self.waited + (self._answers.waited if self._answers is not None else 0.0)

    def _note_time(self) -> None:
        """Put down what the question so far was waited for. A first try that came to its end costs a later one nothing;
        one that took its process down does."""
        if self._lost or self._as_jupyter or self._stand_ins:
            seconds = self._all_waited() - self._begun
            self._waited_for[self._question] = self._waited_for.get(self._question, 0.0) + seconds
        self._lost = False

    def differs_in_jupyter(self, question: str) -> bool:
        """Whether anything above the answer does more than define: then Jupyter may have run more than `begin` does."""
        return question not in self._plain

    def drop(self) -> Fate | None:
        """End the session, if there is one. The next question gets a fresh one."""
        if self._answers is not None:
            self.waited += self._answers.waited
        self._answers, self._spent = None, False
        return self._close()

    def _close(self) -> Fate | None:
        session, self._session = self._session, None
        if session is None:
            return None
        fate = session.fate(0.0)
        ended = session.close()
        self.cpu_seconds += ended.cpu_seconds
        return ended if fate.running else fate

    def explain(self, error: LearnerError) -> LearnerError:
        """What really ended a session that was lost. Raises Fault where it was the infrastructure."""
        if error.kind == "TookTooLong":
            return LearnerError("TimeLimit", error.message, error.line)
        if self._session is None or error.kind not in LOST:
            return error
        self._lost = True
        session = self._session
        if error.kind == "TimeLimit":
            self._look_for_the_cause(session)
        fate = self._ending(session) if error.kind == "Died" else session.fate(0.0)
        stopped = error.kind == "TimeLimit" and fate.running and session.is_stopped()
        self.drop()
        if fate.vanished:
            raise Fault(f"the sandbox was lost: {fate.why or fate}")
        if fate.kind == "out_of_memory":
            return LearnerError("OutOfMemory", fate.why or "out of memory")
        if fate.kind == "out_of_time":
            return LearnerError("TimeLimit", "no answer within the time limit")
        if fate.signal == getattr(signal, "SIGKILL", 9):
            return LearnerError("Killed", str(fate))
        if stopped and self._question not in self._stopped:
            # An operator's SIGSTOP, or the answer's own: it looks the same. As with one that was killed, the question
            # is asked again in a fresh process, and whose process is stopped a second time has run out of time.
            self._stopped.add(self._question)
            return LearnerError("Killed", "stopped by a signal")
        return error

    def _look_for_the_cause(self, session: Session) -> None:
        """Raise Fault where nothing answered in time because the session's own supervisor stands still too.

        No learner's process can stop its supervisor, so this is the machine's doing, and no time limit was passed.
        """
        if session.fate(0.0).running and session.ask_supervisor() == "silence" and session.fate(GRACE).running:
            session.end_by_force()
            self.drop()
            raise Fault("the sandbox was lost: the session's supervisor does not answer")

    def _ending(self, session: Session) -> Fate:
        """The fate of a session whose socket was closed: most have ended, and word of it is on its way.

        A process may also close its socket and live on. Its supervisor, asked after a moment, then says so, which no
        learner can forge; nobody waits for the end of such a one. Without such an answer the end is waited for.
        """
        fate = session.fate(GRACE)
        if not fate.running:
            return fate
        said = session.ask_supervisor()
        if said == "it lives":
            return fate
        fate = session.fate(ENDING)
        if fate.running and said == "silence":
            session.end_by_force()
            return Fate("vanished", why="the session's supervisor does not answer")
        return fate

    def _start(self) -> SandboxedAnswers:
        if self._endless is not None:
            raise self._endless
        self._answers = SandboxedAnswers(self._open(), self.time_limit, self._renew)
        try:
            self._read_notebook(self._answers)
        except LearnerError as error:
            # No line of the learner's has run yet. But a hundred thousand magics take long enough to read.
            before = self.cpu_seconds
            self.drop()
            if error.kind == "TimeLimit" and self.cpu_seconds - before > READING * self.time_limit:
                self._endless = LearnerError("SyntaxError", f"reading all cells takes over {self.time_limit:g} seconds")
                raise self._endless from None
            raise Fault(f"the sandbox did not take the notebook: {error}") from None
        return self._answers

    def _renew(self) -> Any:
        """The socket of a fresh session, in which the question has begun, in place of this one."""
        answers = self._answers
        assert answers is not None, "a question has begun"
        self._close()
        answers.socket = self._open()
        self._read_notebook(answers)
        if self._as_jupyter:
            began, deadline = time.monotonic(), answers.deadline
            self._run_above(answers)
            answers.deadline = deadline + time.monotonic() - began
        self._run_answer(answers)
        return answers.socket

    def _after_cells_above(self, answers: SandboxedAnswers) -> SandboxedAnswers:
        """The session once the cells above the question have run; a fresh one for each cell that took one down."""
        for _ in range(RESTARTS):
            self.failed_above = {}
            try:
                self._run_above(answers)
                return answers
            except _CellLost as lost:
                self._cells_lost[lost.cell] = lost.how
                answers = self._start()
        raise LearnerError("TimeLimit", "no end of the cells above the answer")

    def _run_above(self, answers: SandboxedAnswers) -> None:
        """Run the cells above the question, each for its share of the time. Raises _CellLost, with no session left."""
        answers.restart_clock()
        left = min(ALL_CELLS * self.time_limit, self._seconds_left)
        indices = self._told(answers, {"op": "above", "question": self._question})
        for index in indices if isinstance(indices, list) else []:
            if type(index) is not int or not 0 <= index < len(self.cells):
                continue
            if index in self._cells_lost:
                self.failed_above[index] = self._cells_lost[index]
                continue
            seconds = max(min(ONE_CELL * self.time_limit, left), LEAST)
            began = time.monotonic()
            answers.deadline = began + seconds + SLACK
            try:
                how = self._told(answers, {"op": "cell", "cell": index, "seconds": seconds})
            except LearnerError as error:
                ended = self.explain(error)
                if self._answers is not None:  # it still listens: what went wrong is this cell's business
                    continue
                raise _CellLost(index, ended.kind) from None
            finally:
                left -= time.monotonic() - began
                self._seconds_left -= time.monotonic() - began
            if how:
                self.failed_above[index] = _kind(how)

    def _open(self) -> Any:
        try:
            self._session = self.sandbox.session()
        except SandboxError as error:
            raise Fault(str(error)) from None
        return self._session.socket

    def _read_notebook(self, answers: SandboxedAnswers) -> None:
        request = {"op": "notebook", "cells": self.cells, "files": self.files}
        plain = self._told(answers, request)
        # Of one's own notebook, read before a line of it has run.
        self._plain = {q for q in plain if isinstance(q, str)} if isinstance(plain, list) else set()

    def _run_answer(self, answers: SandboxedAnswers) -> None:
        told = self._told(
            answers,
            {
                "op": "answer",
                "question": self._question,
                "stand_ins": self._sources(),
                "seconds": OF_ITS_OWN * self.time_limit,
                "as_jupyter": self._as_jupyter,
            },
        )
        told = told if isinstance(told, dict) else {}
        self.failed, self._spent = _kind(told.get("failed")), told.get("spent") is not False

    def _sources(self) -> dict[str, list[str]] | None:
        """The stand-ins of this question, as text: they are nowhere in the sandbox."""
        if not self._stand_ins:
            return None
        return {"names": list(self._stand_ins), "sources": sources_of(self._stand_ins)}

    def _told(self, answers: SandboxedAnswers, request: dict[str, Any]) -> Any:
        """What the session says of itself: believed where it can only harm its own notebook."""
        reply, tensors = answers.ask(request, {})
        try:
            return codec.decode(reply, tensors, lambda _: None)
        except codec.TooMuch as error:
            raise LearnerError("Unreadable", str(error)) from None

    def __enter__(self) -> NotebookAnswers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.drop()


class _CellLost(Exception):
    """A cell above the answer took its process down, or could not be stopped in it."""

    def __init__(self, cell: int, how: str):
        super().__init__(how)
        self.cell, self.how = cell, how


def _kind(told: object) -> str:
    """The name of an error, as the session tells it."""
    if not told:
        return ""
    return told if isinstance(told, str) and re.fullmatch(r"\w{1,60}", told) else "an error"
