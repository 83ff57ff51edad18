"""Drawing curves and points in the plane."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.figure import Figure

from tlcore.plots.constructors import Picture
from tlcore.plots.style import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILLION, legend, short

_LINES: list[dict[str, Any]] = [
    {"color": GREEN, "linestyle": "-", "marker": "s"},
    {"color": VERMILLION, "linestyle": "-.", "marker": "^"},
    {"color": PURPLE, "linestyle": ":", "marker": "v"},
    {"color": SKY, "linestyle": "-", "marker": "P"},
    {"color": BLACK, "linestyle": "--", "marker": "x"},
    {"color": BLUE, "linestyle": "-.", "marker": "o"},
    {"color": ORANGE, "linestyle": ":", "marker": "D"},
    {"color": GREY, "linestyle": "--", "marker": "*"},
]
_YOURS = {"color": BLUE, "linestyle": "-", "marker": "o", "linewidth": 2.2, "zorder": 4}
# On top, thin and with large open marks: both can be seen where yours is as expected.
_EXPECTED = {
    "color": ORANGE,
    "linestyle": "--",
    "marker": "D",
    "markersize": 9.0,
    "markerfacecolor": "none",
    "markeredgewidth": 1.6,
    "zorder": 5,
}


def lines(fig: Figure, clean: Picture) -> None:
    """One curve a series, each with its own colour, dash and marker; `yours` bold, `expected` dashed."""
    ax = fig.subplots()
    spare = iter(_LINES)
    for name, values in clean["series"].items():
        look = _YOURS if name == "yours" else _EXPECTED if name == "expected" else next(spare)
        every = max(1, len(values) // 8)  # a marker at each of 200 points would hide the curve
        gaps = [math.nan if v is None else v for v in values]
        style = {"linewidth": 1.6, "markersize": 4.5, "markevery": every, **look}
        ax.plot(clean["x"][: len(values)], gaps, label=short(name, 26), **style)
    ax.set_xlabel(clean["xlabel"])
    ax.set_ylabel(clean["ylabel"])
    ax.grid(True, color="#E3E3E3", linewidth=0.7)
    ax.set_axisbelow(True)
    ax.locator_params(axis="y", nbins=5)
    places = clean["x"]
    if len(places) <= 12 and all(float(v).is_integer() for v in places):
        ax.set_xticks(sorted(set(places)), [f"{int(v)}" for v in sorted(set(places))])  # epochs, not halves of them
    legend(fig, ax.get_legend_handles_labels()[0])


def scatter(fig: Figure, clean: Picture) -> None:
    """Points: yours as filled blue circles, the expected as open orange diamonds around where they belong."""
    ax = fig.subplots()
    if clean["expected"] is not None:
        xs, ys = [p[0] for p in clean["expected"]], [p[1] for p in clean["expected"]]
        ax.scatter(xs, ys, s=58, marker="D", facecolors="none", edgecolors=ORANGE, linewidths=1.6, label="expected")
    xs, ys = [p[0] for p in clean["yours"]], [p[1] for p in clean["yours"]]
    ax.scatter(xs, ys, s=20, marker="o", color=BLUE, label="yours", zorder=3, alpha=0.85, linewidths=0)
    ax.set_xlabel(clean["xlabel"])
    ax.set_ylabel(clean["ylabel"])
    ax.grid(True, color="#E3E3E3", linewidth=0.7)
    ax.set_axisbelow(True)
    ax.locator_params(nbins=5)
    ax.margins(0.08)
    if clean["expected"] is not None:
        legend(fig, ax.get_legend_handles_labels()[0][::-1])
