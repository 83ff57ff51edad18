"""The results of a folder against earlier ones: of the same folder, or of another grading."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.grading.course_key import drawn_from, kept_key
from grader.results import RecordStore, SubmissionResult
from grader.results.comparing import Comparison, compare
from grader.results.earlier import FOLDER, runs, time_before
from grader.results.judges import read_judges

LAST = "last"


class NothingEarlier(Exception):
    """There is nothing to compare with; the message says why and what there is."""


@dataclass(frozen=True)
class Against:
    """What changed, and against what: `what` is a phrase such as "the run of 2026-11-27 12:49 UTC"."""

    changed: Comparison
    what: str


def against(out: Path, earlier: str) -> Against:
    """Compare the results in `out` with `earlier`: `last` (the newest that a run replaced), the name or folder of an
    earlier run, or the folder of another grading. Raises NothingEarlier, and the errors of grader.results."""
    run = _run(out, earlier)
    if run is not None:
        kept_in = RecordStore(run.parent.parent)
        when = time_before(run)
        what = f"the run of {when}" if when else f"what stood before the run of {run.name}"
        return Against(_changed(kept_in.before(run), RecordStore(out), kept_in.out), what)
    other = Path(earlier)
    store = RecordStore(other)
    if next(store.records(), None) is None:
        raise NothingEarlier(
            f"--against {earlier}: this folder holds no results of tl grade; give such a folder, {LAST}, or one of "
            f"{', '.join(each.name for each in runs(out)) or '(no earlier results are kept yet)'}"
        )
    return Against(_changed(store.records(), RecordStore(out), other), f"the results in {other}")


def _run(out: Path, earlier: str) -> Path | None:
    """The folder of an earlier run; None where `earlier` is a folder of another kind."""
    kept = runs(out)
    if earlier == LAST:
        if not kept:
            raise NothingEarlier(
                f"no earlier results are kept in {out / FOLDER}: a run of tl grade keeps there what it replaces, and "
                "none has replaced any yet"
            )
        return kept[-1]
    place = Path(earlier)
    candidates = [out / FOLDER / earlier, place, place.parent if place.name == "records" else place]
    return next((each for each in candidates if each.is_dir() and each in runs(each.parent.parent)), None)


def _changed(before: Iterable[SubmissionResult], store: RecordStore, other: Path) -> Comparison:
    key = kept_key(store.out)

    def same_key(record: SubmissionResult) -> bool:
        return key is not None and drawn_from(key, record.exercise, record.digest, record.seed)

    judges = {**read_judges(other), **read_judges(store.out)}
    return compare(before, store.records(), judges, same_key if key else None)
