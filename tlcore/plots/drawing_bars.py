"""Drawing layers and bars: one thing a place on the x axis, yours against the expected."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Patch

from tlcore.plots.constructors import Picture
from tlcore.plots.describing import differing_layers, has_moved, number_text
from tlcore.plots.style import BLUE, GREY, INK, ORANGE, SKY, VERMILLION, legend, name_ticks

_STUB = 0.10  # height of a layer that did not move: still to be seen as a bar


def layers(fig: Figure, clean: Picture) -> None:
    """Two strips, yours above the expected. Colour and hatch: frozen or trainable. Height: how far it moved."""
    sides = [side for side in ("yours", "expected") if clean[side] is not None]
    axes = fig.subplots(len(sides), 1, sharex=True, squeeze=False)[:, 0]
    differ = differing_layers(clean)
    names = clean["names"]
    few = len(names) <= 60  # beyond that, edges and hatches would hide the colours
    flags_known = any(clean[side]["trainable"] is not None for side in sides)
    for ax, side in zip(axes, sides, strict=True):
        data = clean[side]
        known = [m for m in data["moved"] if m is not None]
        largest = max(known, default=0.0)
        for i, distance in enumerate(data["moved"]):
            trains = has_moved(distance) if data["trainable"] is None else data["trainable"][i]
            # The root lets a layer that moved a hundredth of the largest still stand out from one that stayed.
            height = 1.0 if distance is None else math.sqrt(distance / largest) if largest else 0.0
            height = _STUB + (0.9 * max(height, 0.12) if has_moved(distance) else 0.0)
            look = (
                {"color": ORANGE, "edgecolor": INK}
                if trains
                else {"color": SKY, "edgecolor": BLUE, "hatch": "/////" if few else None}
            )
            ax.bar(i, height, width=0.72 if few else 1.0, linewidth=0.8 if few else 0.0, **look)
            if distance is None:
                ax.text(i, 0.55, "NaN", ha="center", va="center", fontsize=9, rotation=90 if len(names) > 16 else 0)
            if i in differ:
                ax.axvspan(i - 0.5, i + 0.5, color=VERMILLION, alpha=0.16, linewidth=0, zorder=0)
                if side == "yours":
                    ax.text(i, 1.04, "≠", ha="center", va="bottom", color=VERMILLION, weight="bold", fontsize=11)
        ax.set_ylim(0, 1.12)
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        if len(sides) == 2:
            ax.set_ylabel(side, rotation=0, ha="right", va="center", weight="bold" if side == "yours" else "normal")
        ax.set_xlim(-0.6, len(names) - 0.4)
        ax.tick_params(axis="x", length=0)
    name_ticks(axes[-1], names, differ)
    words = ("trainable", "frozen") if flags_known else ("moved", "did not move")
    entries = [
        Patch(facecolor=ORANGE, edgecolor=INK, linewidth=0.8, label=words[0]),
        Patch(facecolor=SKY, edgecolor=BLUE, hatch="/////", linewidth=0.8, label=words[1]),
    ]
    if differ:
        entries.append(Patch(facecolor=VERMILLION, alpha=0.25, label="≠ differs"))
    legend(fig, entries, "height: how far it moved" if flags_known else "")


def bars(fig: Figure, clean: Picture) -> None:
    """Grouped bars: yours solid blue, the expected hatched orange; values written on top while they fit."""
    ax = fig.subplots()
    labels, yours, expected = clean["labels"], clean["yours"], clean["expected"]
    sides: list[tuple[str, Any, dict[str, Any]]] = [("yours", yours, {"color": BLUE, "edgecolor": INK})]
    if expected is not None:
        sides.append(("expected", expected, {"facecolor": "#FBE3B0", "edgecolor": "#8A5F00", "hatch": "////"}))
    width = 0.78 / len(sides)
    known = [v for _, values, _ in sides for v in values if v is not None] or [0.0]
    low, high = min(0.0, *known), max(0.0, *known)
    span = (high - low) or 1.0
    longest = max((len(number_text(v)) for v in known), default=0)
    size = 9 if len(labels) * len(sides) * longest <= 48 else 7.5  # or numbers that stand side by side touch
    for k, (name, values, look) in enumerate(sides):
        places = [i + (k - (len(sides) - 1) / 2) * width for i in range(len(labels))]
        heights = [0.0 if v is None else v for v in values]
        ax.bar(places, heights, width=width * 0.94, linewidth=0.8, label=name, **look)
        for place, value in zip(places, values, strict=True):
            if value is None:
                ax.text(place, span * 0.02, "?", ha="center", va="bottom", color=VERMILLION, weight="bold")
            elif len(labels) * len(sides) <= 14:
                above = value >= 0
                at = (place, value + span * (0.02 if above else -0.02))
                ax.text(*at, number_text(value), ha="center", va="bottom" if above else "top", fontsize=size)
    ax.axhline(0, color=GREY, linewidth=0.8)
    ax.set_ylim(low - (0.14 * span if low < 0 else 0), high + 0.14 * span)
    ax.set_xlim(-0.6, len(labels) - 0.4)
    ax.set_ylabel(clean["ylabel"])
    ax.locator_params(axis="y", nbins=5)
    name_ticks(ax, labels)
    if expected is not None:
        legend(fig, ax.get_legend_handles_labels()[0])
