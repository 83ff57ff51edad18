"""The result of a check, as text for a terminal, as HTML for a notebook and as JSON-able data."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from tlcore.check.rendering import Segments
from tlcore.check.show import Drawn, Tried, Untried, Verdict

Status = Literal["passed", "failed", "blank", "missing", "error", "interrupted", "unknown"]


@dataclass(frozen=True)
class Stopped:
    """Why a check ended early: one readable sentence, and the source line it is about (or nothing)."""

    message: str
    source: str = ""
    detail: str = ""
    place: tuple[str, int] = ("", 0)
    """File and line, for programs."""


@dataclass
class Report:
    """What `check` found. A notebook shows it; `print` shows it; `passed` and `as_dict()` are for programs.

    status: passed, failed (a comparison differs), blank (not filled in), missing (cell not run), error (learner code
    stopped), interrupted, unknown (no such question).
    """

    question: str
    status: Status
    items: list[Tried | Verdict | Drawn] = field(default_factory=list)
    stopped: Stopped | None = None
    printed: str = ""

    @property
    def passed(self) -> bool:
        """Whether every comparison and property holds and nothing stopped the check."""
        return self.status == "passed"

    @property
    def verdicts(self) -> list[Verdict]:
        """The comparisons and properties, in order."""
        return [item for item in self.items if isinstance(item, Verdict)]

    @property
    def teach(self) -> str:
        """The teaching sentence of the first mismatch that has one."""
        return next((v.teach for v in self.verdicts if not v.holds and v.teach), "")

    @property
    def headline(self) -> str:
        """One line: the question and how many checks hold."""
        total, holding = len(self.verdicts), sum(v.holds for v in self.verdicts)
        name = self.question[:80]
        if self.status == "passed":
            every = "the" if any(isinstance(item, Untried) for item in self.items) else "all"
            return f"{name} — {every} {total} checks hold" if total > 1 else f"{name} — the check holds"
        if self.status == "failed":
            return f"{name} — {holding} of {total} checks hold" if total else f"{name} — nothing was checked"
        words = {
            "blank": "not filled in yet",
            "missing": "not defined yet",
            "error": "stopped by an error",
            "interrupted": "interrupted",
            "unknown": "no such question",
        }
        so_far = f" ({holding} of {total} checks before it hold)" if total else ""
        return f"{name} — {words[self.status]}{so_far}"

    def as_dict(self) -> dict[str, Any]:
        """A JSON-able summary; pictures are the dicts of `tlcore.plots`."""
        return {
            "question": self.question,
            "status": self.status,
            "passed": self.passed,
            "headline": self.headline,
            "holding": sum(v.holds for v in self.verdicts),
            "total": len(self.verdicts),
            "message": self.stopped.message if self.stopped else self.teach,
            "source": self.stopped.source if self.stopped else "",
            "detail": self.stopped.detail if self.stopped else "",
            "checks": [
                {
                    "label": v.label,
                    "holds": v.holds,
                    "observed": "".join(text for text, _ in v.observed),
                    "expected": "".join(text for text, _ in v.expected),
                    "note": v.note,
                    "teach": "" if v.holds else v.teach,
                }
                for v in self.verdicts
            ],
            "pictures": [item.picture for item in self.items if isinstance(item, Drawn) and item.picture is not None],
            "printed": self.printed,
        }

    @cached_property
    def html(self) -> str:
        """The report as HTML with inline styles and pictures inside, for light and dark notebooks."""
        from tlcore.check.html import report_html

        return report_html(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self.html}

    def __str__(self) -> str:
        return "\n".join(_text_lines(self))

    __repr__ = __str__


def _text_lines(report: Report) -> list[str]:
    lines = [report.headline]
    if report.stopped:
        lines.append(f"  {report.stopped.message}")
        lines += [f"      {report.stopped.source}"] if report.stopped.source else []
        lines += [f"  {report.stopped.detail}"] if report.stopped.detail else []
    elif report.teach:
        lines.append(f"  → {report.teach}")
    for item in report.items:
        if isinstance(item, Tried):
            lines.append(f"  {item.text}")
        elif isinstance(item, Drawn):
            lines.append(f"    picture: {item.words}")
        else:
            lines += _verdict_lines(item, first=item.teach == report.teach)
    if report.printed.strip():
        lines += ["  Your code printed:", *(f"    {line}" for line in report.printed.rstrip().splitlines()[:12])]
    return lines


def _verdict_lines(item: Verdict, first: bool) -> list[str]:
    lines = [f"    {'✓' if item.holds else '✗'} {item.label}" + (f": {item.value}" if item.value else "")]
    if item.holds:
        return lines
    if item.expected or item.observed:
        lines.append(f"        expected {_marked(item.expected)}")
        lines.append(f"        observed {_marked(item.observed)}")
    lines += [f"        {item.note}"] if item.note else []
    lines += [f"        → {item.teach}"] if item.teach and not first else []
    return lines


def _marked(segments: Segments) -> str:
    """Segments in one text, those that differ between angles; further lines are indented below the first."""
    text = "".join(f"›{part}‹" if differs else part for part, differs in segments)
    return text.replace("\n", "\n                 ")
