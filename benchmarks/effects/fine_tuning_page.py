"""Tables and plots of notebook 03 for docs/effects.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes

from benchmarks.effects.backbone import BLOCKS, SEVERITIES
from benchmarks.effects.common import CHANCE_TARGET, Result, Results, where
from benchmarks.effects.document import cell, curve, label, listing, markdown, pivot, upright

AT_SEVERITIES = [f"severity {severity}" for severity in SEVERITIES]
DISTANCES = [f"moved {block}" for block in BLOCKS]
KEPT = (
    "last step",
    "fixed: step 100",
    "best by validation accuracy",
    "best by validation loss",
    "stopped after 4 looks without a gain",
    "best by test (not allowed)",
    "validation accuracy of its best",
)


def _regimes(results: Results) -> list[Result]:
    """Every way to train the target task, as one list: regime and labels are the setting."""
    names = {0: "head only", 4: "all at once, slow body"}
    made = [
        replace(r, setting={"labels": r.setting["labels"], "regime": names[r.setting["blocks"]]})
        for r in results["unfreezing"]
        if r.setting["blocks"] in names
    ]
    plain = {"one rate": "all at once, one rate"}
    for r in results["probe_first"]:
        name = plain.get(r.setting["regime"], r.setting["regime"])
        made.append(replace(r, setting={"labels": r.setting["labels"], "regime": name}))
    order = ["solved probe", "head only", "all at once, one rate", "all at once, slow body", "head, then all"]
    return sorted(made, key=lambda r: (r.setting["labels"], order.index(r.setting["regime"])))


def _distances(results: Results) -> str:
    lines = [["labels", "regime", *(name.removeprefix("moved ") for name in DISTANCES)]]
    for r in _regimes(results):
        if r.setting["regime"] not in ("solved probe", "head only"):
            lines.append(
                [str(r.setting["labels"]), r.setting["regime"], *(cell(r, value, 1, 3) for value in DISTANCES)]
            )
    return markdown(lines)


def _plot_rates(results: Results, axes: Axes) -> None:
    for rate in (1e-3, 3e-3, 1e-2):
        rows = where(results["learning_rates"], head=rate)
        curve(axes, [r.setting["body"] for r in rows], rows, "severity 0.1", f"head {rate:g}")
    axes.set_xscale("log")
    label(axes, "learning rate of the body", "accuracy on target leaves, %", CHANCE_TARGET)


def _plot_unfreezing(results: Results, axes: Axes) -> None:
    for labels in dict.fromkeys(r.setting["labels"] for r in results["unfreezing"]):
        rows = where(results["unfreezing"], labels=labels)
        curve(axes, [r.setting["blocks"] for r in rows], rows, "severity 0.1", f"{labels} labels per class")
    axes.set_xticks(range(5))
    label(axes, "blocks that move, from the top (the head always does)", "accuracy on target leaves, %", CHANCE_TARGET)


def _plot_regimes(results: Results, axes: Axes) -> None:
    rows = [r for r in _regimes(results) if r.setting["labels"] == 25]
    for r in rows:
        means, spreads = [100 * r.mean(v) for v in AT_SEVERITIES], [100 * r.sd(v) for v in AT_SEVERITIES]
        shift = 0.003 * (rows.index(r) - 2)
        axes.errorbar(
            [s + shift for s in SEVERITIES],
            means,
            spreads,
            label=r.setting["regime"],
            marker="o",
            markersize=3,
            capsize=2,
            linewidth=1.2,
        )
    label(axes, "severity of the test photos (trained at 0.1, 25 labels per class)", "accuracy, %", CHANCE_TARGET)


def _plot_distances(results: Results, axes: Axes) -> None:
    rows = [r for r in _regimes(results) if r.setting["labels"] == 25 and r.mean(DISTANCES[0]) > 0]
    for i, r in enumerate(rows):
        places = np.arange(4) + 0.25 * (i - 1)
        spreads = [r.sd(v) for v in DISTANCES]
        axes.bar(places, [r.mean(v) for v in DISTANCES], 0.23, yerr=spreads, capsize=2, label=r.setting["regime"])
    axes.set_xticks(range(4), BLOCKS)
    label(axes, "block, from the input up (25 labels per class)", "relative distance moved")


def _plot_stopping(results: Results, axes: Axes) -> None:
    for r, colour in zip(results["early_stopping"], ("C0", "C1"), strict=True):
        wrong = f"{100 * r.setting['wrong']:.0f}% wrong labels"
        for value, style in (("curve train", ":"), ("curve validation", "--"), ("curve test", "-")):
            curves = 100 * np.array(r.values[value])
            steps = np.linspace(0, 300, curves.shape[1])
            name = f"{value.removeprefix('curve ')}, {wrong}"
            axes.plot(steps, curves.mean(0), style, color=colour, label=name, linewidth=1.3)
            if style == "-":
                low, high = curves.mean(0) - curves.std(0, ddof=1), curves.mean(0) + curves.std(0, ddof=1)
                axes.fill_between(steps, low, high, color=colour, alpha=0.2, linewidth=0)
    label(axes, "updates (25 labels per class; the band is one sd)", "accuracy, %", CHANCE_TARGET)


TABLES: dict[str, Callable[[Results], str]] = {
    "pilot": lambda r: pivot(
        [
            replace(each, setting={**each.setting, "way": f"{each.setting['regime']}, {each.setting['labels']}"})
            for each in r["pilot"]
        ],
        "way",
        "rate",
        "accuracy",
        ("regime and labels", "rate"),
    ),
    "learning_rates": lambda r: pivot(r["learning_rates"], "head", "body", "severity 0.1", ("head", "body")),
    "learning_rates_harder": lambda r: pivot(r["learning_rates"], "head", "body", "severity 0.4", ("head", "body")),
    "unfreezing": lambda r: pivot(
        r["unfreezing"], "labels", "blocks", "severity 0.1", ("labels per class", "blocks that move")
    ),
    "regimes": lambda r: listing(_regimes(r), ["labels", "regime"], AT_SEVERITIES),
    "early_stopping": lambda r: upright(
        [
            replace(
                each,
                setting={"run": f"{each.setting['labels']} labels, {100 * each.setting['wrong']:.0f}% wrong"},
            )
            for each in r["early_stopping"]
        ],
        "run",
        KEPT,
    ),
    "norm_drift": lambda r: listing(
        r["norm_drift"],
        ["labels", "batch", "mode"],
        ["severity 0.1", "severity 0.4", "severity 0.1, buffers put back", "source, old head"],
        ["mean moved (sd)", "variance moved (log)"],
    ),
    "distances": _distances,
}
PLOTS: dict[str, Callable[[Results, Axes], None]] = {
    "learning_rates": _plot_rates,
    "unfreezing": _plot_unfreezing,
    "regimes": _plot_regimes,
    "distances": _plot_distances,
    "early_stopping": _plot_stopping,
}
