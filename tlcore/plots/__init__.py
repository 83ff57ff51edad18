"""Pictures of *yours against the expected*, as plain dicts that checks and feedback pages draw alike.

A picture is JSON-able: build one with a constructor (`layers`, `bars`, `lines`, `matrix`, `scatter`, `images`), send it
anywhere, and turn it into `figure`, `png` or `svg` where it is shown. `describe` says the same in words (alt text).
Constructors take tensors, arrays and lists and never raise; `validate` (called by all that draw or describe) raises
`ValueError` for a picture that is malformed, too large or not finite, since its numbers may come from untrusted code.
matplotlib is imported only when something is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tlcore.plots.constructors import bars, images, layers, lines, matrix, scatter
from tlcore.plots.describing import describe
from tlcore.plots.validating import validate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "bars",
    "describe",
    "draw",
    "figure",
    "images",
    "layers",
    "lines",
    "matrix",
    "png",
    "scatter",
    "svg",
    "validate",
]


def draw(picture: dict[str, Any]) -> None:
    """Show `picture` below the running cell of a notebook; in a terminal, its words. ValueError if it is malformed."""
    from tlcore.plots.showing import draw as show

    show(picture)


def figure(picture: dict[str, Any]) -> Figure:
    """Draw `picture` into a new matplotlib Figure (Agg canvas, no pyplot state). ValueError if it is malformed."""
    from tlcore.plots.rendering import figure as draw

    return draw(picture)


def png(picture: dict[str, Any]) -> bytes:
    """Return `picture` as PNG bytes, the same bytes for the same picture. ValueError if it is malformed."""
    from tlcore.plots.rendering import png as render

    return render(picture)


def svg(picture: dict[str, Any]) -> str:
    """Return `picture` as an `<svg>` element to put into a page, text drawn as outlines. ValueError if malformed."""
    from tlcore.plots.rendering import svg as render

    return render(picture)
