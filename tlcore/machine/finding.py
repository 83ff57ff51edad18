"""One thing that was looked at, and findings as lines of text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

MARKS = {"fine": " ok ", "note": "note", "problem": " !! "}


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `status` is fine, note (worth knowing) or problem; `advice` says what to do about it."""

    name: str
    status: str
    found: str
    advice: str = ""


Look = Callable[[], Iterator[Finding]]


def as_text(findings: Sequence[Finding]) -> str:
    """A line for each finding, and one below it for its advice."""
    width = max((len(finding.name) for finding in findings), default=0)
    lines = []
    for finding in findings:
        lines.append(f"{MARKS[finding.status]}  {finding.name:{width}}  {finding.found}")
        if finding.advice:
            lines.append(f"      {'':{width}}  -> {finding.advice}")
    return "\n".join(lines)
