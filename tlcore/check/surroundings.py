"""What is kept apart while learner code runs in a check: its output, random generators, and whether torch records."""

from __future__ import annotations

import contextlib
import io
import random
import sys
import warnings
from collections.abc import Iterator
from typing import Any

MOST_KEPT = 4_000  # characters shown to the learner
MOST_WRITTEN = 2_000_000  # characters after which a loop that prints is taken to be endless


class TooMuchOutput(BaseException):
    """Learner code printed without end. Not an Exception, so that the loop's own `except Exception` lets it pass."""


class Printed(io.TextIOBase):
    """A text stream that keeps the first 4,000 characters and stops whoever writes more than two million."""

    def __init__(self) -> None:
        self.kept = ""
        self.written = 0

    def write(self, text: str) -> int:
        """Keep what fits. TooMuchOutput after two million characters."""
        self.kept += text[: max(0, MOST_KEPT - len(self.kept))]
        self.written += len(text)
        if self.written > MOST_WRITTEN:
            raise TooMuchOutput(f"more than {MOST_WRITTEN:,} characters were printed")
        return len(text)

    def writable(self) -> bool:
        """Always."""
        return True

    @property
    def text(self) -> str:
        """What was printed, with a remark if it was cut."""
        more = self.written - len(self.kept)
        return self.kept + (f"\n… and {more:,} more characters" if more > 0 else "")


@contextlib.contextmanager
def apart() -> Iterator[Printed]:
    """Collect standard output and error (progress bars and warnings too); seed, and restore, the random generators;
    record gradients, as a fresh notebook does. What torch warns a check of is not the learner's."""
    printed = Printed()
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        _same_random_numbers(),
        _gradients_recorded(),
    ):
        warnings.filterwarnings("ignore", module=r"tlcore\.checks\.")
        yield printed


@contextlib.contextmanager
def _gradients_recorded() -> Iterator[None]:
    """Also where an earlier answer has switched them off; afterwards, the notebook's setting is as it was."""
    torch: Any = sys.modules.get("torch")
    recorded = torch and torch.is_grad_enabled()
    if torch:
        torch.set_grad_enabled(True)
    try:
        yield
    finally:
        if torch:
            torch.set_grad_enabled(recorded)


@contextlib.contextmanager
def _same_random_numbers() -> Iterator[None]:
    """A check gives the same result every time, and the notebook's next random number is the one it would have been."""
    numpy: Any = sys.modules.get("numpy")
    torch: Any = sys.modules.get("torch")
    states = random.getstate(), numpy and numpy.random.get_state(), torch and torch.get_rng_state()
    random.seed(0)
    if numpy:
        numpy.random.seed(0)
    if torch:
        torch.manual_seed(0)
    try:
        yield
    finally:
        random.setstate(states[0])
        if numpy:
            numpy.random.set_state(states[1])
        if torch:
            torch.set_rng_state(states[2])
