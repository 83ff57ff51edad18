"""Tables and plots of notebook 01 for docs/effects.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes

from benchmarks.effects.common import CHANCE_TARGET, Results, where
from benchmarks.effects.document import label, listing, pivot


def _plot_arms(results: Results, axes: Axes) -> None:
    arms = list(dict.fromkeys(r.setting["arm"] for r in results["arms"]))
    for labels, style in ((5, "--"), (100, "-")):
        for i, arm in enumerate(arms):
            r = where(results["arms"], labels=labels, arm=arm)[0]
            curves = 100 * np.array(r.values["curve"])
            steps = np.linspace(0, 150, curves.shape[1])
            axes.plot(steps, curves.mean(0), style, color=f"C{i}", label=f"{arm}, {labels} labels", linewidth=1.3)
            low, high = curves.mean(0) - curves.std(0, ddof=1), curves.mean(0) + curves.std(0, ddof=1)
            axes.fill_between(steps, low, high, color=f"C{i}", alpha=0.15, linewidth=0)
    label(axes, "updates (the band is one sd)", "accuracy on target leaves, %", CHANCE_TARGET)


TABLES: dict[str, Callable[[Results], str]] = {
    "transfer_pilot": lambda r: pivot(
        [
            replace(each, setting={**each.setting, "way": f"{each.setting['arm']}, {each.setting['labels']}"})
            for each in r["pilot"]
        ],
        "way",
        "rate",
        "accuracy",
        ("arm and labels", "rate"),
    ),
    "transfer": lambda r: listing(
        r["arms"], ["labels", "arm"], ["start", "after 10 updates", "end", "reached 40 %"], ["updates to 40 %"]
    ),
}
PLOTS: dict[str, Callable[[Results, Axes], None]] = {"transfer": _plot_arms}
