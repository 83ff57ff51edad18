"""A learner's notebook in the sandbox, question by question. A question that is lost takes only itself along."""

from __future__ import annotations

import signal
from types import TracebackType
from typing import Any

from grader.sandbox import Fate, Sandbox, SandboxError, Session
from grader.student.answers import LearnerError, SandboxedAnswers

LOST = {"TimeLimit", "Died", "Unreadable", "OutOfMemory"}
"""Ends after which the process cannot be asked anything more."""

READING = 0.2
"""Share of the time limit that must be CPU time for a notebook to be too long to read, rather than the machine too
busy. An ordinary one takes 0.05 s."""


class Fault(Exception):
    """The grader's side failed, not the learner: the submission is graded again."""


class NotebookAnswers:
    """Runs answers of one notebook in sessions of the sandbox; a fresh session follows one that was lost."""

    def __init__(self, sandbox: Sandbox, cells: list[dict[str, Any]], time_limit: float):
        self.sandbox, self.cells, self.time_limit = sandbox, cells, time_limit
        self.cpu_seconds = 0.0
        self.waited = 0.0
        self._session: Session | None = None
        self._answers: SandboxedAnswers | None = None
        self._endless: LearnerError | None = None
        """Why no question of this notebook can be asked."""

    def begin(self, question: str, stand_ins: tuple[str, ...] = ()) -> SandboxedAnswers:
        """Run the answer of `question` after what it needs; who answers its hidden tests from now on.

        Raises LearnerError with what the answer raised, Fault where the sandbox failed.
        """
        answers = self._answers if self._answers is not None else self._start()
        answers.restart_clock()
        answers.ask({"op": "answer", "question": question, "stand_ins": list(stand_ins)}, {})
        return answers

    def drop(self) -> Fate | None:
        """End the session, if there is one. The next question gets a fresh one."""
        session, self._session = self._session, None
        if session is None:
            return None
        if self._answers is not None:
            self.waited += self._answers.waited
        self._answers = None
        fate = session.fate(0.0)
        ended = session.close()
        self.cpu_seconds += ended.cpu_seconds
        return ended if fate.running else fate

    def explain(self, error: LearnerError) -> LearnerError:
        """What really ended a session that was lost. Raises Fault where it was the infrastructure."""
        if self._session is None or error.kind not in LOST:
            return error
        fate = self._session.fate(5.0 if error.kind == "Died" else 0.0)
        self.drop()
        if fate.vanished:
            raise Fault(f"the sandbox was lost: {fate.why or fate}")
        if fate.kind == "out_of_memory":
            return LearnerError("OutOfMemory", fate.why or "out of memory")
        if fate.kind == "out_of_time":
            return LearnerError("TimeLimit", "no answer within the time limit")
        if fate.signal == getattr(signal, "SIGKILL", 9):
            return LearnerError("Killed", str(fate))
        return error

    def _start(self) -> SandboxedAnswers:
        if self._endless is not None:
            raise self._endless
        try:
            self._session = self.sandbox.session()
        except SandboxError as error:
            raise Fault(str(error)) from None
        self._answers = SandboxedAnswers(self._session.socket, self.time_limit)
        try:
            self._answers.ask({"op": "notebook", "cells": self.cells}, {})
        except LearnerError as error:
            # No line of the learner's has run yet. But a hundred thousand magics take long enough to read.
            before = self.cpu_seconds
            self.drop()
            if error.kind == "TimeLimit" and self.cpu_seconds - before > READING * self.time_limit:
                self._endless = LearnerError("SyntaxError", f"reading all cells takes over {self.time_limit:g} seconds")
                raise self._endless from None
            raise Fault(f"the sandbox did not take the notebook: {error}") from None
        return self._answers

    def __enter__(self) -> NotebookAnswers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.drop()
