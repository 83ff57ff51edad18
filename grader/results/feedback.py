"""Whether learners may have seen feedback on the results of a folder."""

from contextlib import suppress
from pathlib import Path

GIVEN = "feedback.given"


def note_feedback(out: Path) -> None:
    """Remember that pages were written from the results in `out`; nothing where that folder cannot be written."""
    with suppress(OSError):
        (out / GIVEN).touch()


def feedback_given(out: Path) -> bool:
    """Whether pages were ever written from the results in `out`."""
    return (out / GIVEN).exists()
