"""Tables and plots of notebook 10 for docs/effects.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes
from scipy import stats

from benchmarks.effects.common import Result, Results
from benchmarks.effects.document import cell, label, listing, markdown, pivot

WAYS = ("frozen", "fine-tuned")


def _pilot(results: Results) -> str:
    rows = [
        replace(r, setting={**r.setting, "start and labels": f"{r.setting['start']}, {r.setting['labels']}"})
        for r in results["pilot"]
    ]
    return pivot(rows, "start and labels", "rate", "accuracy", ("start and labels", "rate"))


def _gaps(results: Results) -> str:
    """Paired differences to training from scratch, in points, with 95 % intervals."""
    lines = [["labels", "source", *(f"{way} - scratch" for way in WAYS)]]
    for r, scratch in _beside_scratch(results["arms"]):
        cells = []
        for way in WAYS:
            if r is scratch and way == "fine-tuned":
                cells.append("–")  # scratch itself
                continue
            mean, half = _interval(r.values[way], scratch.values["fine-tuned"])
            cells.append(f"{mean:+.1f} ({mean - half:+.1f} to {mean + half:+.1f})")
        lines.append([str(r.setting["labels"]), _name(r), *cells])
    return markdown(lines)


def _ranking(results: Results) -> str:
    lines = [["labels", "measure", *(f"{what}, {way}" for way in WAYS for what in ("tau", "points lost"))]]
    for r in results["ranking"]:
        cells = []
        for way in WAYS:
            cells += [cell(r, f"tau, {way}", 1, 2), cell(r, f"lost, {way}")]
        lines.append([str(r.setting["labels"]), r.setting["measure"], *cells])
    return markdown(lines)


def _ranks(results: Results) -> str:
    """The mean place of each source by each measure, with 20 labels."""
    rows = [r for r in results["ranking"] if r.setting["labels"] == 20]
    names = [value.removeprefix("rank of ") for value in rows[0].values if value.startswith("rank of ")]
    lines = [["measure", *names]]
    lines += [[r.setting["measure"], *(f"{r.mean(f'rank of {name}'):.1f}" for name in names)] for r in rows]
    return markdown(lines)


def _plot(results: Results, axes: Axes) -> None:
    rows = [(r, scratch) for r, scratch in _beside_scratch(results["arms"]) if r.setting["labels"] == 5]
    for i, way in enumerate(WAYS):
        found = [_interval(r.values[way], scratch.values["fine-tuned"]) for r, scratch in rows]
        means, halves = zip(*found, strict=True)
        axes.bar(np.arange(len(rows)) + 0.4 * i - 0.2, means, 0.38, yerr=halves, capsize=2, label=way)
    axes.set_xticks(range(len(rows)), [_name(r) for r, _ in rows], rotation=15)
    axes.axhline(0, color="grey", linewidth=1)
    label(axes, "source (5 labels per class)", "points above or below scratch")


def _beside_scratch(arms: Sequence[Result]) -> list[tuple[Result, Result]]:
    scratch = {r.setting["labels"]: r for r in arms if r.setting["start"] == "scratch"}
    return [(r, scratch[r.setting["labels"]]) for r in arms]


def _name(result: Result) -> str:
    return "random weights" if result.setting["start"] == "scratch" else result.setting["start"]


def _interval(one: Sequence[float], other: Sequence[float]) -> tuple[float, float]:
    d = 100 * (np.array(one) - np.array(other))
    return float(d.mean()), float(stats.t.ppf(0.975, len(d) - 1) * d.std(ddof=1) / len(d) ** 0.5)


TABLES: dict[str, Callable[[Results], str]] = {
    "nt_pilot": _pilot,
    "nt_arms": lambda r: listing(r["arms"], ["labels", "start"], [*WAYS, "on its own task"]),
    "nt_gaps": _gaps,
    "nt_ranking": _ranking,
    "nt_ranks": _ranks,
}
PLOTS: dict[str, Callable[[Results, Axes], None]] = {"negative_transfer": _plot}
