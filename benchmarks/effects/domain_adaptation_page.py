"""Tables and plots of notebook 08 for docs/effects.md."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes

from benchmarks.effects.common import CHANCE_SOURCE, Results, where
from benchmarks.effects.document import cell, curve, label, listing, markdown, pivot


def _plot_severity(results: Results, axes: Axes) -> None:
    rows = results["by_severity"]
    for value in ("no adaptation", "AdaBN"):
        curve(axes, [r.setting["severity"] for r in rows], rows, value, value)
    label(axes, "severity of the target photos", "accuracy, %", CHANCE_SOURCE)


def _plot_streams(results: Results, axes: Axes) -> None:
    for way, style in (("reset, average of all batches", "-"), ("no reset, momentum 0.1", "--")):
        for order, colour in (("shuffled", "C0"), ("one class at a time", "C1")):
            rows = where(results["streams"], way=way, order=order)
            batches = [r.setting["batch"] for r in rows]
            curve(axes, batches, rows, "accuracy", f"{way}; {order}", linestyle=style, color=colour)
    axes.set_xscale("log")
    label(axes, "photos in a batch (500 in all, severity 0.3)", "accuracy, %", CHANCE_SOURCE)


def _plot_dann(results: Results, axes: Axes) -> None:
    names = {None: "source only", 0.0: "target in the batch, λ = 0", 1.0: "DANN, λ = 1"}
    rows = results["dann"]
    for shift, value in ((-0.18, "as trained"), (0.18, "then AdaBN")):
        heights, spreads = [100 * r.mean(value) for r in rows], [100 * r.sd(value) for r in rows]
        axes.bar(np.arange(len(rows)) + shift, heights, 0.34, yerr=spreads, capsize=2, label=value)
    alone = where(results["by_severity"], severity=0.3)[0]
    axes.axhline(100 * alone.mean("AdaBN"), color="C2", linestyle="--", linewidth=1, label="AdaBN alone, no training")
    axes.set_xticks(range(len(rows)), [names[r.setting["lambda"]] for r in rows])
    axes.set_ylim(0, 100)
    label(axes, "200 further updates (severity 0.3)", "accuracy, %", CHANCE_SOURCE)


def _adversary(results: Results) -> str:
    lines = [["λ", "as trained", "then AdaBN", "domain classifier right at the end"]]
    for r in results["dann"]:
        without = r.setting["lambda"] is None
        right = "–" if without else cell(r, "critic right at the end")
        name = "source only" if without else f"{r.setting['lambda']:g}"
        lines.append([name, cell(r, "as trained"), cell(r, "then AdaBN"), right])
    return markdown(lines)


TABLES: dict[str, Callable[[Results], str]] = {
    "by_severity": lambda r: listing(r["by_severity"], ["severity"], ["no adaptation", "AdaBN", "AdaBN on 50 photos"]),
    "streams": lambda r: listing(r["streams"], ["batch", "way", "order"], ["accuracy", "most predicted class"]),
    "batch_at_test": lambda r: pivot(r["batch_at_test"], "batch", "order", "accuracy", ("batch", "order")),
    "class_mix": lambda r: listing(r["class_mix"], ["mix", "severity"], ["no adaptation", "AdaBN"]),
    "dann": _adversary,
}
PLOTS: dict[str, Callable[[Results, Axes], None]] = {
    "by_severity": _plot_severity,
    "streams": _plot_streams,
    "dann": _plot_dann,
}
