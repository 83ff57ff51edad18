"""What the pictures share: colours that colour-blind readers can tell apart, sizes, and how text is put."""

from __future__ import annotations

import textwrap
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

# Okabe & Ito, "Color Universal Design" (2008): https://jfly.uni-koeln.de/color/
BLUE, ORANGE, GREEN, VERMILLION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, PURPLE, YELLOW, BLACK = "#56B4E9", "#CC79A7", "#F0E442", "#000000"
GREY = "#5F5F5F"
INK = "#222222"

SIZE = (6.0, 2.7)  # inches; with DPI this is 780 x 351 pixels, sharp on a phone held upright
DPI = 130

RC: dict[str, Any] = {
    "font.family": ["DejaVu Sans"],  # ships with matplotlib: the same picture on every machine
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.labelsize": 11,
    "xtick.labelsize": 10.5,
    "ytick.labelsize": 10.5,
    "legend.fontsize": 10.5,
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
    "text.hinting": "none",  # the picture is scaled where it is shown: hinted letters would look uneven
    "hatch.linewidth": 1.1,
    "text.parse_math": False,  # a `$` in a learner's text is a dollar, not mathematics
    "text.usetex": False,
    "figure.constrained_layout.w_pad": 0.09,
    "figure.constrained_layout.h_pad": 0.05,
    "svg.fonttype": "path",
    "svg.hashsalt": "tlcore.plots",  # ids in the SVG do not change from run to run
    "path.simplify": True,
}


def short(name: str, longest: int = 20) -> str:
    """Cut a name in its middle, since layer names differ at both ends."""
    if len(name) <= longest:
        return name
    head = (longest - 1) // 2
    return name[:head].rstrip(".") + "…" + name[len(name) - (longest - 1 - head) :].lstrip(".")


def wrapped(line: str, width: int = 76, most: int = 3) -> str:
    """Fold a caption into at most `most` lines."""
    folded = textwrap.wrap(line, width)
    return "\n".join(folded[:most]) + ("…" if len(folded) > most else "")


def legend(fig: Figure, handles: list[Any], title: str = "") -> None:
    """One row of keys above the plot, which keeps its full width on a phone. title: what else the picture codes."""
    extra = [Line2D([], [], linestyle="none", label=title)] if title else []
    room = 4 if all(len(str(h.get_label())) <= 12 for h in handles) else 3
    columns = min(len(handles) + len(extra), room)
    reserve(fig, 0.24 * -(-(len(handles) + len(extra)) // columns))
    box = fig.legend(
        handles=[*handles, *extra],
        loc="lower center",
        bbox_to_anchor=(0.5, _engine(fig).get()["rect"][3]),
        ncols=columns,
        frameon=False,
        handlelength=1.6,
        columnspacing=1.4,
        labelspacing=0.2,
        borderpad=0.0,
        borderaxespad=0.1,
    )
    box.set_in_layout(False)  # its strip is reserved already
    if title:
        box.get_texts()[-1].set_color(GREY)


def reserve(fig: Figure, inches: float) -> None:
    """Keep a strip at the top of what is left of the figure free of axes (for a title, or for keys below it)."""
    left, bottom, width, height = _engine(fig).get()["rect"]
    _engine(fig).set(rect=(left, bottom, width, height - inches / float(fig.get_figheight())))


def _engine(fig: Figure) -> Any:
    return fig.get_layout_engine()  # typed as the base class, which has no `rect`


LONGEST_TICK = 24  # characters of a name under a bar: a whole `0.self_attn.q_proj_norm`


def is_flat(names: list[str]) -> bool:
    """Whether the names fit side by side, so that none has to be slanted."""
    room = 66 / len(names)  # characters side by side on six inches
    return min(max(len(name) for name in names), 18) <= room - 1


def name_ticks(ax: Axes, names: list[str], important: list[int] | None = None) -> None:
    """Put names under the bars 0..n-1: slanted where they would collide, only some of them where there are many.

    important: places that keep their name in any case (those that differ).
    """
    flat = is_flat(names)
    places = list(range(len(names)))
    if len(names) > 16:  # a slanted name needs about a third of an inch
        step = -(-len(names) // 15)
        wanted = [p for p in (important or []) if 0 <= p < len(names)][:: max(1, len(important or []) // 15)]
        places = sorted({*range(0, len(names), step), *wanted})
        places = [p for p in places if p in wanted or all(abs(p - w) >= step for w in wanted)]
    shown = [short(names[p], 18 if flat else LONGEST_TICK) for p in places]
    ax.set_xticks(places, shown, rotation=0 if flat else 32, ha="center" if flat else "right", rotation_mode="anchor")
    ax.tick_params(axis="x", length=0, pad=3)
