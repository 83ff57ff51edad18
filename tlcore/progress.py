"""Progress bars that are gone when all went well: from the screen, and from the notebook that is saved."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from tqdm import tqdm


def progress(iterable: Iterable[Any] | None = None, *, show: bool = True, **options: Any) -> tqdm:
    """A tqdm bar over `iterable`, or with `total=...` to `update()` by hand; options are tqdm's (desc, unit, ...).

    In a notebook it is a widget, in a terminal a line; with `show=False`, or where nobody would see it, it is silent.
    A bar that was interrupted stays, so that one sees how far it came.
    """
    options = {"leave": False, "disable": not (show and someone_is_watching()), **options}
    if options["disable"] or not in_notebook():
        return tqdm(iterable, **options)
    from tlcore.progress_widget import Widget

    return Widget(iterable, **options)


def someone_is_watching() -> bool:
    """Whether a progress bar would be seen: in a notebook kernel, or on a terminal."""
    return in_notebook() or (sys.stderr is not None and sys.stderr.isatty())


def in_notebook() -> bool:
    """Whether this process is the kernel of a notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None
    return getattr(shell, "kernel", None) is not None
