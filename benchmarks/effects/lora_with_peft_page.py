"""Tables and plots of notebook 05 for docs/effects.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from matplotlib.axes import Axes

from benchmarks.effects.common import Result, Results, where
from benchmarks.effects.document import label, markdown, pivot

_OF = ("largest change / largest logit", "classes changed, %")


def _named(results: Sequence[Result]) -> list[Result]:
    """Model and place of the updates as one setting."""
    return [
        replace(r, setting={**r.setting, "model and updates": f"{r.setting['model']}, {r.setting['where']}"})
        for r in results
    ]


def _with_labels(results: Sequence[Result], labels: int) -> list[Result]:
    return _named(where(results, labels=labels))


def _merging(results: Sequence[Result]) -> str:
    """What taking off and merging change: a row for each model and place, trained on 25 headlines per class."""
    lines = [
        ["model and updates", "off: base to the last bit", *(f"{n}: {v}" for n in ("float32", "bfloat16") for v in _OF)]
    ]
    for r in _with_labels(results, 25):
        exact = f"{sum(r.values['off equals base']):.0f} of {len(r.seeds)}"
        cells = []
        for kind in ("merged", "bfloat16"):
            largest = r.values[f"{kind}: largest change"]
            cells += [f"{max(largest):.0e}", f"{100 * max(r.values[f'{kind}: classes changed']):.1f}"]
        lines.append([r.setting["model and updates"], exact, *cells])
    return markdown(lines)


def _plot_where(results: Results, axes: Axes) -> None:
    for r in _named(results["where"]):
        points = [100 * value for value in r.values["accuracy"]]
        axes.plot(range(len(points)), points, marker="o", markersize=3, linewidth=0.8)
        axes.lines[-1].set_label(f"{r.setting['model and updates']}, {r.setting['labels']} per class")
    label(axes, "seed", "test accuracy (%)", 100 / 3)


TABLES: dict[str, Callable[[Results], str]] = {
    "peft_pilot": lambda r: pivot(
        _named(r["pilot"]), "model and updates", "rate", "accuracy", ("model and updates", "rate")
    ),
    "peft_where": lambda r: pivot(
        _named(r["where"]), "model and updates", "labels", "accuracy", ("model and updates", "labels per class")
    ),
    "peft_ranks": lambda r: pivot(r["ranks"], "r", "alpha", "accuracy", ("rank", "alpha")),
    "peft_merging": lambda r: _merging(r["where"]),
}
PLOTS: dict[str, Callable[[Results, Axes], None]] = {"peft_where": _plot_where}
