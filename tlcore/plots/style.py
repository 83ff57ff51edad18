"""What the pictures share: colours that colour-blind readers can tell apart, sizes, and how text is put."""

from __future__ import annotations

import textwrap
from typing import Any

from matplotlib.axes import Axes

# Okabe & Ito, "Color Universal Design" (2008): https://jfly.uni-koeln.de/color/
BLUE, ORANGE, GREEN, VERMILLION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, PURPLE, YELLOW, BLACK = "#56B4E9", "#CC79A7", "#F0E442", "#000000"
GREY = "#5F5F5F"
INK = "#222222"

SIZE = (6.0, 2.5)  # inches; with DPI this is 840 x 350 pixels, sharp on a phone held upright
DPI = 140

RC: dict[str, Any] = {
    "font.family": ["DejaVu Sans"],  # ships with matplotlib: the same picture on every machine
    "font.size": 9.5,
    "axes.titlesize": 10,
    "axes.labelsize": 9.5,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "savefig.bbox": None,
    "hatch.linewidth": 1.1,
    "text.parse_math": False,  # a `$` in a learner's text is a dollar, not mathematics
    "text.usetex": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "tlcore.plots",  # ids in the SVG do not change from run to run
    "path.simplify": True,
}


def short(name: str, longest: int = 20) -> str:
    """Cut a name in its middle, since layer names differ at both ends."""
    if len(name) <= longest:
        return name
    head = (longest - 1) // 2
    return name[:head] + "…" + name[len(name) - (longest - 1 - head) :]


def wrapped(line: str, width: int = 88, most: int = 3) -> str:
    """Fold a caption into at most `most` lines."""
    folded = textwrap.wrap(line, width)
    return "\n".join(folded[:most]) + ("…" if len(folded) > most else "")


def name_ticks(ax: Axes, names: list[str], important: list[int] | None = None) -> None:
    """Put names under the bars 0..n-1: slanted where they would collide, only some of them where there are many.

    important: places that keep their name in any case (those that differ).
    """
    longest = max(len(name) for name in names)
    room = 78 / len(names)  # characters of 9 points side by side on six inches
    flat = min(longest, 20) <= room - 1
    places = list(range(len(names)))
    if len(names) > 24:
        # A slanted name needs about a quarter of an inch.
        step = -(-len(names) // 20)
        wanted = [p for p in (important or []) if 0 <= p < len(names)][:20]
        places = sorted({*range(0, len(names), step), *wanted})
        places = [p for p in places if p in wanted or all(abs(p - w) >= step for w in wanted)]
    shown = [short(names[p], 20) for p in places]
    ax.set_xticks(places, shown, rotation=0 if flat else 32, ha="center" if flat else "right", rotation_mode="anchor")
    ax.tick_params(axis="x", length=0, pad=3)
