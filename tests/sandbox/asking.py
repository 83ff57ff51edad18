"""Talking to a session that runs exec_server.py: what the tests of the sandbox share."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from grader.sandbox import Fate, Limits, Sandbox, Session, Tier, probe

STAND_IN = Path(__file__).with_name("exec_server.py")
TIERS = probe().available
PROTECTING = [tier.value for tier in TIERS if tier is not Tier.NONE]


def make_sandbox(isolation: str, limits: Limits | None = None, preload: tuple[str, ...] = ()) -> Sandbox:
    """A sandbox with the stand-in server; not started."""
    return Sandbox(isolation, limits, preload=preload, server="exec_server:serve", extra=(STAND_IN,))


class Asker:
    """A session that runs Python: `ask(code)` gives what the code left in `result`."""

    def __init__(self, session: Session):
        self.session = session
        self._lines = session.socket.makefile("rw")

    def ask(self, code: str, timeout: float = 120.0) -> Any:
        """`result` after running `code`; raises RuntimeError with the learner's error, ConnectionError at its end."""
        self.session.socket.settimeout(timeout)
        self._lines.write(json.dumps(code) + "\n")
        self._lines.flush()
        line = self._lines.readline()
        if not line:
            raise ConnectionError(f"the session has ended: {self.session.fate(5)}")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]

    def last(self, code: str, timeout: float = 120.0) -> Fate:
        """The fate of a session whose last code this is."""
        try:
            self.ask(code, timeout)
        except (ConnectionError, TimeoutError):
            pass
        return self.session.fate(timeout)


@contextmanager
def asking(sandbox: Sandbox, limits: Limits | None = None) -> Iterator[Asker]:
    """A fresh session of `sandbox`, closed at the end."""
    with sandbox.session(limits) as session:
        yield Asker(session)
