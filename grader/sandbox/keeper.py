"""Asking a session's keeper: the stub beside the learner's process, which runs none of the learner's code.

A learner's process can close its socket, stop, or never answer; what its keeper says is not the learner's to choose.
"""

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Literal

from grader.sandbox.session import Session

PATIENCE = 5.0
"""Seconds in which a keeper answers even on a very busy machine. On a quiet one it takes under 0.01 s."""


def ask_keeper(session: Session) -> Literal["it lives", "silence", "nobody"]:
    """What the keeper says, asked now, of its learner's process.

    "it lives" is never about a process that is gone: the keeper waits for the dead before it answers. "silence": no
    answer within PATIENCE seconds; the session is just ending, or the keeper stands still. "nobody": there is no
    keeper, or no longer.
    """
    with session._lock:
        before = session._usage
        try:
            session._leash.sendall(b"?")
        except OSError:
            return "nobody"
        session._listen(PATIENCE, lambda: session._usage is not before)
        return "it lives" if session._usage is not before and not session._ended.is_set() else "silence"


def is_stopped(session: Session) -> bool:
    """Whether the learner's process, or another that its keeper looks after, is stopped as by SIGSTOP.

    By whom cannot be told. False where /proc does not show it.
    """
    with suppress(OSError, ValueError):
        for pid in Path(f"/proc/{session.pid}/task/{session.pid}/children").read_text().split():
            if Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0] in "Tt":
                return True
    return False


def end_by_force(session: Session) -> None:
    """Kill the keeper, and with it the session: for one that does not answer, and would not hear that it is to end."""
    pid = session.pid
    if pid is not None and session.fate().running:
        with suppress(OSError):
            os.kill(pid, getattr(signal, "SIGKILL", 9))
