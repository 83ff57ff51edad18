"""The records of a graded class, for the verbs that work on them."""

from pathlib import Path
from typing import TYPE_CHECKING

from . import console

if TYPE_CHECKING:
    from ..results import SubmissionResult


class NothingGraded(Exception):
    """A folder that holds no results of `tl grade`."""


def load(folder: Path) -> "tuple[list[SubmissionResult], int]":
    """The records in the output folder of `tl grade`, and how many files were damaged (each is noted on stderr)."""
    from ..results import RecordStore

    store = RecordStore(folder)
    loaded = store.load_all()
    for sentence in loaded.damaged:
        console.note(sentence)
    if not loaded.records:
        raise NothingGraded(f"{folder} holds no results; grade first: tl grade SUBMISSIONS --out {folder}")
    overrides = store.overrides()
    for sentence in [*overrides.moot, *overrides.waiting]:
        console.note(f"overrides.csv, {console.plain(sentence)}")
    return loaded.records, len(loaded.damaged)
