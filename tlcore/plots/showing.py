"""A picture put into a notebook, where a cell wants to show one."""

from __future__ import annotations

from tlcore.plots.constructors import Picture
from tlcore.plots.describing import describe
from tlcore.plots.rendering import png
from tlcore.plots.tag import img_tag


def draw(picture: Picture) -> None:
    """Show `picture` below the cell that is running, its description as alternative text; print it in a terminal.

    ValueError if it is malformed.
    """
    from IPython.core.getipython import get_ipython
    from IPython.display import display

    words = describe(picture)
    if get_ipython() is None:
        print(words)
        return
    # HTML rather than a bare PNG, since Jupyter drops the alternative text of those. One text line for a terminal.
    display({"text/html": img_tag(png(picture), words), "text/plain": words}, raw=True)
