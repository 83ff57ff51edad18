"""From a picture to a Figure, PNG or SVG, the same bytes every time, with no global matplotlib state."""

from __future__ import annotations

import html
import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from tlcore.plots import drawing_bars, drawing_grids, drawing_plane
from tlcore.plots.constructors import Picture
from tlcore.plots.describing import describe
from tlcore.plots.style import DPI, GREY, LONGEST_TICK, RC, SIZE, is_flat, reserve, wrapped
from tlcore.plots.validating import validate

_DRAW: dict[str, Callable[[Figure, Picture], None]] = {
    "layers": drawing_bars.layers,
    "bars": drawing_bars.bars,
    "lines": drawing_plane.lines,
    "scatter": drawing_plane.scatter,
    "matrix": drawing_grids.matrix,
    "images": drawing_grids.images,
}


def figure(picture: Picture) -> Figure:
    """Draw `picture` into a Figure of about 6 x 2.7 inches on an Agg canvas. ValueError if it is malformed."""
    with _quiet_style():
        return _figure(validate(picture))


def png(picture: Picture) -> bytes:
    """PNG bytes of `picture`: no date, no version inside. ValueError if it is malformed."""
    return _saved(picture, "png", {"Software": None})


def svg(picture: Picture) -> str:
    """An `<svg>` element with a role and a label for screen readers, without XML prolog. ValueError if malformed."""
    words = html.escape(describe(picture), quote=True)
    document = _saved(picture, "svg", {"Date": None, "Creator": None}).decode("utf-8")
    element = document[document.index("<svg") :]
    return element.replace("<svg", f'<svg role="img" aria-label="{words}"', 1)


def _figure(clean: Picture) -> Figure:
    extra = 0.17 * (wrapped(clean["caption"]).count("\n") + 1) if clean["caption"] else 0.0
    height = _height(clean) + extra
    fig = Figure(figsize=(SIZE[0], height), dpi=DPI, layout="constrained")
    FigureCanvasAgg(fig)
    if clean["title"]:
        title = wrapped(clean["title"], 62, 2)
        # A suptitle would share its place with the keys of `style.legend`: give the title a strip of its own.
        reserve(fig, 0.1 + 0.2 * (title.count("\n") + 1))
        fig.text(0.5, 1.0 - 0.07 / height, title, ha="center", va="top", fontsize=12, weight="bold")
    _DRAW[clean["kind"]](fig, clean)
    if clean["caption"]:
        fig.supxlabel(wrapped(clean["caption"]), fontsize=10, color=GREY)
    for item in fig.findobj(Text):  # also when the figure is drawn again later, under other settings
        item.set_parse_math(False)
    return fig


def _height(clean: Picture) -> float:
    """Inches without the caption: less for one strip or row, more where names are slanted or keys take two rows."""
    kind = clean["kind"]
    if kind == "images":
        count = len(clean["images"])
        columns = min(count, 8)
        # Square pictures as wide as their column, at most as high as one of three; a line of text under each row.
        side = 0.92 * SIZE[0] / max(columns, 3)
        return 0.4 + -(-count // columns) * (side + (0.25 if clean["labels"] else 0.0))
    if kind == "matrix":
        shape = len(clean["yours"]) / len(clean["yours"][0])
        return min(SIZE[1], 1.05 + 2.4 * max(shape, 1 / 3))
    names = clean.get("names") or clean.get("labels") or [""]
    slanted = 0.0 if is_flat(names) else max(min(len(name), LONGEST_TICK) for name in names)
    keys = len(clean.get("series") or ())
    one_strip = kind == "layers" and clean["expected"] is None
    return SIZE[1] - (0.7 if one_strip else 0.0) + 0.25 * max(0, -(-keys // 3) - 1) + 0.04 * slanted


def _saved(picture: Picture, kind: str, metadata: dict[str, str | None]) -> bytes:
    clean = validate(picture)
    out = io.BytesIO()
    with _quiet_style():
        _figure(clean).savefig(out, format=kind, dpi=DPI, metadata=metadata)
    return out.getvalue()


@contextmanager
def _quiet_style() -> Iterator[None]:
    """Our style whatever the notebook has set; no warning for a character that the font lacks or a crowded layout."""
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(RC)  # type: ignore[arg-type]
        yield
