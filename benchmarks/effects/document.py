"""Numbers to markdown tables and plots: docs/effects.md keeps its sentences, and gets the tables between markers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from benchmarks.effects import common
from benchmarks.effects.common import Result

PAGE = common.ROOT / "docs" / "effects.md"
SMALL: dict[str, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "effects",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.facecolor": "white",
}
"""Text stays text and ids are the same every time, so that a plot is small and differs only if a number does."""


def write(topic: str, tables: dict[str, Callable[[dict[str, list[Result]]], str]], plots: dict[str, Callable]) -> None:
    """Put the tables of a topic into the page and its plots beside the numbers.

    Args:
        topic: its docs/effects/<topic>.json is read.
        tables: by the name of their marker, `<!-- table NAME -->`; a table without a marker is an error.
        plots: by file name without ending; each draws into the axes that it is given, `plot(results, axes)`.
    """
    results = common.load(topic)
    page = PAGE.read_text(encoding="utf-8")
    for name, table in tables.items():
        marked = re.compile(rf"(<!-- table {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        if not marked.search(page):
            raise ValueError(f"docs/effects.md has no marker for the table {name!r}")
        text = table(results)
        page = marked.sub(lambda found, text=text: f"{found[1]}\n{text}\n{found[2]}", page)  # type: ignore[misc]
    PAGE.write_text(page, encoding="utf-8")
    for name, plot in plots.items():
        with mpl.rc_context(SMALL):  # type: ignore[arg-type]
            figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
            plot(results, axes)
            figure.savefig(common.DOCS / f"{name}.svg", metadata={"Date": None, "Creator": None})
            plt.close(figure)


def pivot(results: Sequence[Result], rows: str, columns: str, value: str, titles: tuple[str, str]) -> str:
    """One value in per cent, mean ± sd: a row and a column for each choice of two things that were varied."""
    across = list(dict.fromkeys(r.setting[columns] for r in results))
    lines = [[f"{titles[0]} ↓, {titles[1]} →", *map(_plain, across)]]
    for down in dict.fromkeys(r.setting[rows] for r in results):
        found = {r.setting[columns]: r for r in results if r.setting[rows] == down}
        lines.append([_plain(down), *(cell(found[c], value) if c in found else "–" for c in across)])
    return markdown(lines)


def listing(results: Sequence[Result], keys: Sequence[str], values: Sequence[str], numbers: Sequence[str] = ()) -> str:
    """A row for each setting, a column for each value; those in `numbers` are no shares and stay as they are."""
    lines = [[*keys, *values, *numbers]]
    for r in results:
        settings = [_plain(r.setting[key]) for key in keys]
        lines.append([*settings, *(cell(r, v) for v in values), *(cell(r, v, 1, 2) for v in numbers)])
    return markdown(lines)


def upright(results: Sequence[Result], key: str, values: Sequence[str]) -> str:
    """A column for each setting, a row for each value."""
    lines = [[f"{key} →", *(_plain(r.setting[key]) for r in results)]]
    lines += [[value, *(cell(r, value) for r in results)] for value in values]
    return markdown(lines)


def cell(result: Result, value: str, scale: float = 100, digits: int = 1) -> str:
    """Mean ± sd."""
    return f"{scale * result.mean(value):.{digits}f} ± {scale * result.sd(value):.{digits}f}"


def markdown(lines: list[list[str]]) -> str:
    """A table; the first line is its head."""
    first, *rest = [f"| {' | '.join(line)} |" for line in lines]
    return "\n".join([first, "|---" * len(lines[0]) + "|", *rest])


def curve(axes: Axes, x: Sequence[float], results: Sequence[Result], value: str, label: str, **style: Any) -> None:
    """Means of a share in per cent over settings, with a standard deviation up and down."""
    means, spreads = [100 * r.mean(value) for r in results], [100 * r.sd(value) for r in results]
    axes.errorbar(x, means, spreads, label=label, marker="o", markersize=3, capsize=2, linewidth=1.2, **style)


def label(axes: Axes, x: str, y: str, chance: float | None = None) -> None:
    """Name the axes, draw the chance line (in per cent) and put the legend above, where it hides nothing."""
    if chance is not None:
        axes.axhline(chance, color="grey", linestyle=":", linewidth=1, label="chance")
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.legend(frameon=False, fontsize=8, loc="lower left", bbox_to_anchor=(0, 1), ncols=2)


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else "none" if value is None else str(value)
