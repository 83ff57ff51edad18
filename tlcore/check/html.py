"""A report as HTML. Everything is escaped (jinja2 autoescape); colours are translucent, so dark themes work too."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from tlcore import plots
from tlcore.check.rendering import Segments
from tlcore.check.show import Drawn, Tried
from tlcore.plots.tag import img_tag

if TYPE_CHECKING:
    from tlcore.check.report import Report

_MARKS = {"passed": "✓", "failed": "✗", "error": "✗"}
MANY = 12
"""With more comparisons than this, what holds is folded, so that what does not is seen at once."""


def report_html(report: Report) -> str:
    """One `<div>` with the whole report."""
    return _template().render(
        report=report,
        mark=_MARKS.get(report.status, "○"),
        groups=_groups(report),
        printed=report.printed.strip(),
    )


@lru_cache(maxsize=1)
def _template() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = FileSystemLoader(Path(__file__).parent)
    environment = Environment(
        loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["prose"] = _prose
    return environment.get_template("report.html.jinja")


def _prose(text: str) -> Markup:
    """Escaped text in which `code` between backticks looks like code."""
    tag = r'<code style="background:rgba(128,128,128,.16);color:inherit;border-radius:3px;padding:0 3px">\1</code>'
    return Markup(re.sub(r"`([^`]+)`", tag, str(escape(text))))


def _groups(report: Report) -> list[dict[str, Any]]:
    """What was tried, each with what belongs to it: `said` (nothing for what comes before), `rows`, and `folded`, the
    rows of comparisons that hold where there are many; pictures are never folded."""
    groups: list[dict[str, Any]] = [{"said": "", "rows": [], "folded": []}]
    for item in report.items:
        if isinstance(item, Tried):
            groups.append({"said": item.text, "rows": [], "folded": []})
        else:
            groups[-1]["rows"].append(_row(item))
    if len(report.verdicts) > MANY:
        # Where it stopped is shown with what came before it.
        for group in groups[1:-1] if report.stopped else groups[1:]:
            verdicts = [row for row in group["rows"] if row["kind"] == "verdict"]
            if all(row["verdict"].holds for row in verdicts):
                group["folded"] = verdicts
                group["rows"] = [row for row in group["rows"] if row["kind"] == "picture"]
    return groups


def _row(item: Any) -> dict[str, Any]:
    if isinstance(item, Drawn):
        tag = "" if item.picture is None else Markup(img_tag(plots.png(item.picture), item.words))
        return {"kind": "picture", "tag": tag, "words": item.words}
    return {
        "kind": "verdict",
        "verdict": item,
        "sides": [_side("expected", item.expected), _side("observed", item.observed)],
    }


def _side(name: str, segments: Segments) -> tuple[str, Segments, int]:
    """One of two boxes side by side, and its share of the width: a long list gets more than a short one."""
    length = sum(len(text) for text, _ in segments)
    return name, segments, min(3, 1 + length // 60)
