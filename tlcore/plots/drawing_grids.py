"""Drawing matrices and images: grids of cells."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from tlcore.plots.constructors import Picture
from tlcore.plots.describing import differing_cells, shape_text
from tlcore.plots.style import VERMILLION, short

_MOST_WRITTEN = 8  # columns or rows up to which the value is written into the cell


def matrix(fig: Figure, clean: Picture) -> None:
    """Yours beside the expected on one colour scale; entries that differ get a frame."""
    sides = [side for side in ("yours", "expected") if clean[side] is not None]
    grids = {side: _array(clean[side]) for side in sides}
    known = np.concatenate([g[np.isfinite(g)] for g in grids.values()])
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    signed = low < 0 < high
    if signed:  # zero in the middle, so that the sign can be seen
        low, high = -max(-low, high), max(-low, high)
    norm = Normalize(low, high if high > low else low + 1.0)
    cmap = colormaps["PuOr" if signed else "cividis"].with_extremes(bad="#DDDDDD")
    same = len(sides) == 2 and shape_text(clean["yours"]) == shape_text(clean["expected"])
    differ = differing_cells(clean["yours"], clean["expected"]) if same else []
    axes = fig.subplots(1, len(sides), squeeze=False)[0]
    for ax, side in zip(axes, sides, strict=True):
        grid = grids[side]
        shown = ax.imshow(grid, cmap=cmap, norm=norm, aspect="auto" if max(grid.shape) > 3 * min(grid.shape) else 1)
        _write_values(ax, grid, cmap, norm)
        small = max(grid.shape) <= _MOST_WRITTEN
        for i, j in differ:
            for colour, width in (("white", 3.6), (VERMILLION, 2.2)) if small else ((VERMILLION, 0.9),):
                at = (j - 0.46, i - 0.46)
                ax.add_patch(Rectangle(at, 0.92, 0.92, fill=False, edgecolor=colour, linewidth=width))
        heading = f"{side} ({shape_text(clean[side]).replace('x', '×')})"
        ax.set_title(heading, weight="bold" if side == "yours" else "normal")
        ax.set_xticks([])
        ax.set_yticks([])
        for spine in ax.spines.values():
            spine.set_visible(False)
    bar = fig.colorbar(shown, ax=list(axes), shrink=0.9, pad=0.03, aspect=14)
    bar.ax.locator_params(nbins=5)
    bar.outline.set_visible(False)


def images(fig: Figure, clean: Picture) -> None:
    """A grid of images, at most eight in a row, a label under each."""
    count = len(clean["images"])
    columns = min(count, 8)
    rows = -(-count // columns)
    axes = fig.subplots(rows, columns, squeeze=False).ravel()
    for k, ax in enumerate(axes):
        ax.set_axis_off()
        if k >= count:
            continue
        pixels = np.clip(np.asarray(clean["images"][k], dtype=float), 0.0, 1.0)
        ax.imshow(pixels, cmap="gray", vmin=0.0, vmax=1.0, interpolation="nearest")
        if clean["labels"]:
            room = max(7, 64 // columns)
            ax.text(0.5, -0.06, short(clean["labels"][k], room), ha="center", va="top", transform=ax.transAxes)


def _array(rows: list[list[Any]]) -> np.ndarray:
    return np.array([[math.nan if v is None else v for v in row] for row in rows], dtype=float)


def _write_values(ax: Axes, grid: np.ndarray, cmap: Any, norm: Normalize) -> None:
    if max(grid.shape) > _MOST_WRITTEN:
        return
    for (i, j), value in np.ndenumerate(grid):
        red, green, blue, _ = cmap(norm(value)) if math.isfinite(value) else (1.0, 1.0, 1.0, 1.0)
        dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.55
        most = max(grid.shape)
        said = f"{value:.{3 if most <= 4 else 2}g}" if math.isfinite(value) else "NaN"
        if most > 4 and len(said) > 5:  # -0.023 is wider than a cell
            said = f"{value:.1g}"
        size = 11 if most <= 4 else 8.3 if most <= 6 else 7.3
        ax.text(j, i, said, ha="center", va="center", color="white" if dark else "black", fontsize=size)
