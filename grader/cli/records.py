"""The records of a graded class, for the verbs that work on them."""

from pathlib import Path
from typing import TYPE_CHECKING

from . import console

if TYPE_CHECKING:
    from ..results import RecordStore, SubmissionResult


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
    say_texts(store)
    return loaded.records, len(loaded.damaged)


def say_texts(store: "RecordStore") -> None:
    """How far the reading of free texts is, where there are any; on stderr."""
    texts = store.texts()
    if texts.open:
        console.note(f"texts.csv: {texts.given} of {texts.given + texts.open} answers have points")
    for sentence in texts.stale(store.digest_of):
        console.note(f"texts.csv, {console.plain(sentence)}; run tl grade, then tl export --to texts")
