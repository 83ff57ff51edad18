"""Tables and plots of notebook 09 for docs/effects.md."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.axes import Axes

from benchmarks.effects.common import Results, where
from benchmarks.effects.document import cell, label, listing, markdown, upright

KEPT_OF = ("source", "target")


def _way_back(results: Results) -> str:
    """A row for each share of the way, to the base and in a random direction."""
    [r] = results["way back"]
    lines = [["share of the way", "to the base: source", "target", "at random: source", "target"]]
    for share in ("0", "0.25", "0.5", "0.75", "1"):
        keys = [f"{where} {share}: {of}, told the crop" for where in ("to the base", "anywhere") for of in KEPT_OF]
        lines.append([share, *(cell(r, key) for key in keys)])
    return markdown(lines)


def _plot_kept(results: Results, axes: Axes) -> None:
    """Source against target, a line for each remedy."""
    for remedy in dict.fromkeys(r.setting["remedy"] for r in results["remedies"]):
        mine = where(results["remedies"], remedy=remedy)
        x, y = ([100 * r.mean(of) for r in mine] for of in ("target", "source"))
        axes.errorbar(
            x,
            y,
            xerr=[100 * r.sd("target") for r in mine],
            yerr=[100 * r.sd("source") for r in mine],
            marker="o",
            markersize=3,
            capsize=2,
            linewidth=1,
            label=remedy,
        )
    axes.set(xlim=(0, 80), ylim=(0, 100))
    label(axes, "target, accuracy in %", "source, accuracy in %")


TABLES: dict[str, Callable[[Results], str]] = {
    "forgetting_remedies": lambda r: listing(
        r["remedies"],
        ["remedy", "strength"],
        ["source", "target", "source, told the crop", "target, told the crop"],
    ),
    "forgetting_adapters": lambda r: upright(
        r["adapters"],
        "r",
        [f"{state}: {of}{told}" for state in ("on", "off") for told in ("", ", told the crop") for of in KEPT_OF],
    ),
    "forgetting_way_back": _way_back,
    "forgetting_intruders": lambda r: listing(
        r["intruders"],
        ["way", "rate"],
        [f"{model}: {of}, told the crop" for model in ("tuned", "without them", "without others") for of in KEPT_OF],
        ["intruders in 100 directions"],
    ),
}
PLOTS: dict[str, Callable[[Results, Axes], None]] = {"forgetting": _plot_kept}
