"""Which of the processes below a running grader is what: fork server, supervisor of a session, learner's process."""

import contextlib
from pathlib import Path


def below(pid: int) -> list[int]:
    """All descendants, parents before their children."""
    found = [pid]
    for above in found:
        found += children(above)
    return found[1:]


def children(pid: int) -> list[int]:
    """The children of a process; none where it has gone."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


def state(pid: int) -> str:
    """The letter of /proc: R running, S sleeping, T stopped, Z dead; empty where it has gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def fork_servers(grader: int) -> list[int]:
    """The fork-servers: what was started as one, and is no fork of one."""
    ours = {pid for pid in below(grader) if _runs_a_fork_server(pid)}
    return [pid for pid in ours if not any(pid in children(other) for other in ours)]


def supervisors(grader: int) -> list[int]:
    """The stubs of the sessions that are just running."""
    return [pid for fork_server in fork_servers(grader) for pid in children(fork_server)]


def learners(grader: int) -> list[int]:
    """The processes that run learners' code."""
    return [pid for supervisor in supervisors(grader) for pid in children(supervisor)]


def judges(grader: int) -> list[int]:
    """The grader's own workers: forks of it, which have its command line."""
    return [pid for pid in children(grader) if _words(pid) == _words(grader)]


def _runs_a_fork_server(pid: int) -> bool:
    words = _words(pid)
    inside = any(b"inside.fork_server" in word for word in words)
    return inside and not words[0].endswith(b"bwrap") and not any(word.endswith(b"drop.py") for word in words)


def _words(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return [b""]
