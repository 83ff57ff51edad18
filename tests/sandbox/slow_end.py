"""Imported by a fork server before its first session: every session's end takes seconds, as the kernel's may.

First the processes of the session take their time to go, then the supervisor, after it has said its last.
"""

import os
import time

from inside import supervisor, tree  # type: ignore[import-not-found,unused-ignore]

PROCESSES, SUPERVISOR = 4.0, 2.0

_quiet, _say = tree._reap_until_quiet, supervisor._say
_began: list[float] = []


def _slowly() -> bool:
    _began.append(time.monotonic())
    return _quiet() or time.monotonic() - _began[0] < PROCESSES


def _and_not_gone_yet(exit_report: int, what: dict[str, object]) -> None:
    _say(exit_report, what)
    if "kind" in what:
        os.close(exit_report)
        time.sleep(SUPERVISOR)


tree._reap_until_quiet, supervisor._say = _slowly, _and_not_gone_yet
