"""tqdm's notebook bar without what it leaves behind."""

from __future__ import annotations

from typing import Any

from IPython.display import display
from tqdm.notebook import tqdm_notebook


class Widget(tqdm_notebook):
    """tqdm's widget, taken out of the cell's output when it is done.

    tqdm only hides it: a notebook that is saved and opened again would show one `0%` a bar, as if nothing had run.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options, display=False)
        self.shown = display(self.container, display_id=True)

    def close(self) -> None:
        """Close the bar; what was interrupted stays to be seen."""
        super().close()
        if self.total is None or self.n >= self.total:
            self.shown.update({"text/plain": ""}, raw=True)
