"""The findings as a list of rows in a notebook, and as text everywhere else."""

from __future__ import annotations

from html import escape

from tlcore.machine.finding import Finding, as_text
from tlcore.machine.looks import LOOKS, look_round
from tlcore.progress import progress

_SIGNS = {"fine": ("✓", "0,158,115"), "note": ("!", "230,159,0"), "problem": ("✗", "213,94,0")}
"""Sign and colour (red, green, blue) of each status. Translucent, so that it suits light and dark themes."""


class Page:
    """What was found, to be shown by Jupyter."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings

    def __repr__(self) -> str:
        return f"{self.headline}\n{as_text(self.findings)}"

    @property
    def headline(self) -> str:
        """All in one sentence."""
        problems = [finding.name for finding in self.findings if finding.status == "problem"]
        if problems:
            return f"To be mended: {', '.join(problems)}."
        notes = [finding.name for finding in self.findings if finding.status == "note"]
        ready = "This machine is ready."
        return f"{ready} Worth knowing: {', '.join(notes)}." if notes else ready

    def _repr_html_(self) -> str:
        worst = min(
            (finding.status for finding in self.findings), key=["problem", "note", "fine"].index, default="fine"
        )
        colour = _SIGNS[worst][1]
        rows = "".join(_row(finding) for finding in self.findings)
        return (
            f'<div style="max-width:52rem;border:1px solid rgba(128,128,128,.35);border-left:5px solid rgb({colour});'
            'border-radius:6px;overflow:hidden;line-height:1.45;font-size:14px">'
            f'<div style="padding:6px 12px;background:rgba({colour},.14);font-weight:600">{escape(self.headline)}</div>'
            f'<div style="padding:4px 12px">{rows}</div>'
            '<details style="margin:0 12px 8px"><summary>As text, to copy into a mail</summary>'
            f'<pre style="white-space:pre-wrap;overflow-wrap:anywhere">{escape(repr(self))}</pre></details></div>'
        )


def this_machine() -> Page:
    """Look at everything (a few seconds), with a progress bar; the last line of a cell shows the page."""
    # One look in each step, so that the bar moves while torch is imported.
    return Page([finding for look in progress(LOOKS, desc="looking at this machine") for finding in look_round([look])])


def _row(finding: Finding) -> str:
    # No table: JupyterLab gives the columns of tables fixed widths.
    sign, colour = _SIGNS[finding.status]
    advice = f'<div style="opacity:.8">→ {escape(finding.advice)}</div>' if finding.advice else ""
    return (
        '<div style="display:flex;gap:8px;margin:2px 0">'
        f'<div style="flex:0 0 1em;font-weight:700;color:rgb({colour})" aria-label="{finding.status}">{sign}</div>'
        f'<div style="flex:0 0 8.5em;font-weight:600">{escape(finding.name)}</div>'
        f'<div style="flex:1 1 0;min-width:0;overflow-wrap:anywhere">{escape(finding.found)}{advice}</div></div>'
    )
