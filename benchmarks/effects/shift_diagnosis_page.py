"""Tables and plots of notebook 08, telling shifts apart, for docs/effects.md."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.axes import Axes

from benchmarks.effects.common import Results, where
from benchmarks.effects.document import cell, label, markdown, upright

ANSWERS = (
    *(f"procedure, {n} labels" for n in (0, 10, 30, 100)),
    "domain classifier scored on its training rows, 100 labels",
    "every change of P(x) called covariate, 100 labels",
    "a drop of accuracy alone, 100 labels",
    "constant answer",
    "random answer",
)


def _plot_shift(results: Results, axes: Axes) -> None:
    few = (0, 10, 30, 100)
    for r in results["examination"]:
        values = [f"procedure, {n} labels" for n in few]
        means, spreads = [100 * r.mean(v) for v in values], [100 * r.sd(v) for v in values]
        name = f"strength {r.setting['strength']:g}"
        axes.errorbar(few, means, spreads, label=name, marker="o", markersize=3, capsize=2, linewidth=1.2)
    axes.set_ylim(0, 100)
    label(axes, "target labels that the procedure may look at", "kinds named rightly, %", 25)


def _confusion(results: Results) -> str:
    r = where(results["examination"], strength=0.5)[0]
    kinds = ("none", "covariate", "label", "concept")
    lines = [["truth ↓, said →", *kinds]]
    lines += [[truth, *(cell(r, f"100 labels: {truth} called {said}", digits=0) for said in kinds)] for truth in kinds]
    return markdown(lines)


TABLES: dict[str, Callable[[Results], str]] = {
    "shift": lambda r: upright(r["examination"], "strength", ANSWERS),
    "confusion": _confusion,
}
PLOTS: dict[str, Callable[[Results, Axes], None]] = {"shift": _plot_shift}
