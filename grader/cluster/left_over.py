"""What an array has left over, part by part: why, and whether another try can mend it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from grader.cluster.slurm import Task

TAIL = 64 * 1024
_WHY = {
    "BOOT_FAIL": "its node did not start",
    "CANCELLED": "it was cancelled",
    "DEADLINE": "it reached its deadline",
    "NODE_FAIL": "its node failed",
    "OUT_OF_MEMORY": "it ran out of memory (--memory asks for more)",
    "PREEMPTED": "another job took its place",
    "TIMEOUT": "it reached its time limit (--time asks for more, --tasks makes smaller parts)",
}


@dataclass(frozen=True)
class LeftOver:
    """A part of which something is left. `again`: whether to submit it again, as far as it tells."""

    number: int
    submissions: int
    why: str
    again: bool


def left_over(number: int, submissions: int, task: Task | None, log: Path) -> LeftOver:
    """Why a task that is over has left something. task: what Slurm said of it last; log: what it wrote."""
    refused = refusal(log)
    state = task.state if task is not None else ""
    if refused is not None and state not in _WHY:
        return LeftOver(number, submissions, refused, False)
    if state == "COMPLETED":
        why = "it has done its work, but its records do not appear here: is the folder on a file system that the "
        return LeftOver(number, submissions, f"{why}nodes share?", False)
    if state == "FAILED" and not log.exists():
        why = f"it failed at once, and {log} does not appear: is that on a file system that the nodes share?"
        return LeftOver(number, submissions, why, True)
    why = _WHY.get(state, "it ended before its work was done, perhaps killed")
    return LeftOver(number, submissions, why, state != "CANCELLED")


def refusal(log: Path) -> str | None:
    """What a task itself gave as the reason why it could not grade, such as a node without a sandbox."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - TAIL))
            lines = file.read(TAIL).decode("utf-8", "replace").splitlines()
    except OSError:
        return None
    said = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
    return " ".join(said) or None


def sentences(left: list[LeftOver]) -> list[str]:
    """Why something is left, the commonest reason first, with the parts that it is about."""
    reasons = Counter(one.why for one in left)
    return [f"{_parts([one for one in left if one.why == why])}: {why}" for why, _count in reasons.most_common()]


def _parts(left: list[LeftOver]) -> str:
    count = sum(one.submissions for one in left)
    some = ", ".join(str(one.number) for one in left[:5]) + (f" and {len(left) - 5} more" if len(left) > 5 else "")
    return f"{count} of task{'s' if len(left) > 1 else ''} {some}"
