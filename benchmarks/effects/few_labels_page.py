"""Tables and plot of notebook 07 for docs/effects.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes
from scipy import stats

from benchmarks.effects.common import Result, Results
from benchmarks.effects.document import curve, label, markdown, pivot
from benchmarks.effects.few_labels import FULL, LIMITED, LORA, PROBE, SCRATCH

LEAF_PAIRS = ((FULL, PROBE), (PROBE, SCRATCH), (FULL, SCRATCH), (LIMITED, SCRATCH))
NEWS_PAIRS = ((FULL, PROBE), (LORA, FULL), (PROBE, SCRATCH), (FULL, SCRATCH))
CLAIM = 2.0
"""Points by which one run has to lead before somebody would write it down."""


def _pilot(results: Sequence[Result]) -> str:
    rows = [replace(r, setting={**r.setting, "arm": f"{r.setting['arm']}, {r.setting['labels']}"}) for r in results]
    return pivot(rows, "arm", "rate", "accuracy", ("arm and labels", "rate"))


def _differences(results: Sequence[Result], pairs: Sequence[tuple[str, str]]) -> str:
    """Paired over the seeds, in points with 95 % intervals; below, what single seeds would have said."""
    labels = list(dict.fromkeys(r.setting["labels"] for r in results))
    lines = [["labels", *(f"{one} - {other}" for one, other in pairs)]]
    for n in labels:
        scores = {r.setting["arm"]: 100 * np.array(r.values["accuracy"]) for r in results if r.setting["labels"] == n}
        lines.append([str(n), *(_said(scores[one] - scores[other]) for one, other in pairs)])
    return markdown(lines)


def _said(gaps: np.ndarray) -> str:
    mean, count = float(gaps.mean()), len(gaps)
    half = float(stats.t.ppf(0.975, count - 1) * gaps.std(ddof=1) / count**0.5)
    text = f"{mean:+.1f} ({mean - half:+.1f} to {mean + half:+.1f}); "
    if abs(mean) > half:
        return text + f"{int((gaps * np.sign(mean) < 0).sum())} of {count} the other way"
    return text + f"{int((gaps > CLAIM).sum())} up, {int((gaps < -CLAIM).sum())} down"


def _plot(results: Results, axes: Axes) -> None:
    for task, style in (("leaves", "-"), ("news", "--")):
        for i, arm in enumerate((PROBE, FULL, LORA, LIMITED, SCRATCH)):
            rows = [r for r in results[task] if r.setting["arm"] == arm]
            if rows:
                labels = [r.setting["labels"] for r in rows]
                curve(axes, labels, rows, "accuracy", f"{task}, {arm}", linestyle=style, color=f"C{i}")
    axes.set_xscale("log")
    label(axes, "labels per class", "accuracy, %")


TABLES: dict[str, Callable[[Results], str]] = {
    "few_leaf_pilot": lambda r: _pilot(r["leaf_pilot"]),
    "few_news_pilot": lambda r: _pilot(r["news_pilot"]),
    "few_leaves": lambda r: pivot(r["leaves"], "labels", "arm", "accuracy", ("labels", "arm")),
    "few_news": lambda r: pivot(r["news"], "labels", "arm", "accuracy", ("labels", "arm")),
    "few_leaf_differences": lambda r: _differences(r["leaves"], LEAF_PAIRS),
    "few_news_differences": lambda r: _differences(r["news"], NEWS_PAIRS),
    "few_shared": lambda r: pivot(r["shared_rate"], "arm", "rate", "accuracy", ("regime", "one rate for all")),
}
PLOTS: dict[str, Callable[[Results, Axes], None]] = {"few_labels": _plot}
