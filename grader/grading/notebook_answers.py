"""A learner's notebook in the sandbox, question by question. A question that is lost takes only itself along."""

from __future__ import annotations

import signal
from types import TracebackType
from typing import Any

from grader.judging.stand_ins import sources_of
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


AGAIN = 1 / 3
"""Share of the time limit that a question has at least when it is asked again, after what it has used already. Not the
whole: an answer that kills itself in time is asked again each time."""


class NotebookAnswers:
    """Runs answers of one notebook in sessions of the sandbox; a fresh session follows one that was lost."""

    def __init__(self, sandbox: Sessions, cells: list[dict[str, Any]], time_limit: float):
        self.sandbox, self.cells, self.time_limit = sandbox, cells, time_limit
        self.cpu_seconds = 0.0
        self.waited = 0.0
        self._session: Session | None = None
        self._answers: SandboxedAnswers | None = None
        self._question = ""
        self._begun = 0.0
        """`_all_waited` when the question began."""
        self._stand_ins: tuple[str, ...] = ()
        self._waited_for: dict[str, float] = {}
        """Seconds that each question has been waited for."""
        self._stopped: set[str] = set()
        """Questions in which a process was found stopped."""
        self._endless: LearnerError | None = None
        """Why no question of this notebook can be asked."""

    def begin(self, question: str, stand_ins: tuple[str, ...] = ()) -> SandboxedAnswers:
        """Run the answer of `question` after what it needs; who answers its hidden tests from now on.

        Raises LearnerError with what the answer raised, Fault where the sandbox failed.
        """
        self._note_time()
        if stand_ins or self._stand_ins:
            self.drop()  # where stand-ins are, nothing else is asked
        answers = self._answers if self._answers is not None else self._start()
        self._begun = self._all_waited()
        used = self._waited_for.get(question, 0.0)
        answers.restart_clock(max(self.time_limit - used, AGAIN * self.time_limit))
        self._question, self._stand_ins = question, stand_ins
        self._run_answer(answers)
        return answers

    def _all_waited(self) -> float:
        return self.waited + (self._answers.waited if self._answers is not None else 0.0)

    def _note_time(self) -> None:
        """Put down what the question so far was waited for."""
        seconds = self._all_waited() - self._begun
        self._waited_for[self._question] = self._waited_for.get(self._question, 0.0) + seconds

    def drop(self) -> Fate | None:
        """End the session, if there is one. The next question gets a fresh one."""
        if self._answers is not None:
            self.waited += self._answers.waited
        self._answers = None
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
        if self._session is None or error.kind not in LOST:
            return error
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
        self._run_answer(answers)
        return answers.socket

    def _open(self) -> Any:
        try:
            self._session = self.sandbox.session()
        except SandboxError as error:
            raise Fault(str(error)) from None
        return self._session.socket

    def _read_notebook(self, answers: SandboxedAnswers) -> None:
        answers.ask({"op": "notebook", "cells": self.cells}, {})

    def _run_answer(self, answers: SandboxedAnswers) -> None:
        request: dict[str, Any] = {"op": "answer", "question": self._question}
        if self._stand_ins:
            request["stand_ins"] = {"names": list(self._stand_ins), "sources": sources_of(self._stand_ins)}
        answers.ask(request, {})

    def __enter__(self) -> NotebookAnswers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.drop()
