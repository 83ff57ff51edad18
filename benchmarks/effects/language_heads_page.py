"""Tables and plots of notebook 06 for docs/effects.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matplotlib.axes import Axes

from benchmarks.effects.common import Result, Results
from benchmarks.effects.document import cell, label, markdown, pivot


def _vectors(results: Sequence[Result]) -> str:
    """Accuracy for each way to make a vector of a text."""
    lines = [["model", "vector of a text", "test texts padded to", "on the", "accuracy"]]
    for r in results:
        width = "32" if r.setting["wide"] else "the longest"
        lines.append([r.setting["model"], r.setting["how"], width, r.setting["side"], cell(r, "accuracy")])
    return markdown(lines)


def _language_regimes(results: Sequence[Result]) -> str:
    """Accuracy of each regime, and how many numbers learn in it."""
    lines = [["regime", "numbers that learn", "accuracy"]]
    for r in results:
        lines.append([r.setting["regime"], f"{r.mean('learn'):,.0f}", cell(r, "accuracy")])
    return markdown(lines)


def _plot_language_regimes(results: Results, axes: Axes) -> None:
    names = [r.setting["regime"] for r in results["regimes"]]
    for at, r in enumerate(results["regimes"]):
        axes.errorbar(at, 100 * r.mean("accuracy"), 100 * r.sd("accuracy"), marker="o", markersize=4, capsize=3)
    axes.set_xticks(range(len(names)), names)
    label(axes, "regime", "test accuracy (%)", 100 / 3)


TABLES: dict[str, Callable[[Results], str]] = {
    "vectors": lambda r: _vectors(r["vectors"]),
    "language_pilot": lambda r: pivot(r["pilot"], "regime", "rate", "accuracy", ("regime", "rate")),
    "language_regimes": lambda r: _language_regimes(r["regimes"]),
}
PLOTS: dict[str, Callable[[Results, Axes], None]] = {"language_regimes": _plot_language_regimes}
