"""The output folder of `tl grade`: one record file a submission, so that nothing graded is ever lost."""

import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from grader.files import OutputNotWritable, write_atomic
from grader.names import safe_name
from grader.sandbox.tiers import Tier

from .earlier import Keeper, since, submissions_before
from .errors import DamagedRecord, NewerRecord
from .judges import FILE as JUDGES
from .judges import read_judges, with_judge
from .lock import OutputLock
from .overrides import SEEN, Plan, Results, plan_overrides, remember
from .record import SubmissionResult
from .summary import Summary, to_json
from .texts import Texts, read_texts

NOT_AGAIN = "a later run could not grade this again"
"""How the remark begins that says so of a result which an earlier run left."""


@dataclass
class Loaded:
    """What a folder of records held: the records, and a sentence for each file that could not be read."""

    records: list[SubmissionResult] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)


class RecordStore:
    """Reads and writes `OUT/records/<learner>/<exercise>.json`, and assembles `OUT/results.json` and `results.csv`.

    run: when the run began that writes, for one that makes several stores. What it replaces is kept (see earlier.py).
    Making one touches nothing on the disk. Hold `lock()` while writing; reading needs no lock, because a record file is
    always whole. Records on disk are as judged; those that are given out have the points of `OUT/overrides.csv`.
    """

    def __init__(self, out: Path | str, run: datetime | None = None) -> None:
        self.out = Path(out)
        self.folder = self.out / "records"
        self.replaced = Keeper(self.out, run)
        self._lock: OutputLock | None = None

    def lock(self) -> OutputLock:
        """Exclusive use of the output folder, as a context manager; creates the folder."""
        self._lock = OutputLock(self.out)
        return self._lock

    def path(self, learner: str, exercise: str) -> Path:
        """Where the record lies. An exercise's name comes from a file name: no more trusted than a learner's."""
        return self.folder / safe_name(learner) / f"{safe_name(exercise)}.json"

    def write(self, record: SubmissionResult) -> Path:
        """Write one record, atomically and durably. Raises OutputFull, OutputNotWritable or OutputBusy (another run has
        taken the folder over); then nothing changed.

        Where a run failed to grade what an earlier run graded, the same notebook to the byte, the earlier result stays,
        with a remark: a failure of the grader's must not cost what a learner has. The next run tries again.
        """
        path = self.path(*record.key)
        if record.status == "not_graded":
            record = self._earlier(record) or record
        data = to_json(record.to_dict())
        self.replaced.replaced(path, data)
        self._write(path, data)
        return path

    def _earlier(self, failed: SubmissionResult) -> SubmissionResult | None:
        """The graded record of the very notebook that `failed` is about, with a remark on the failure; or None."""
        try:
            record = self.judged(*failed.key)
        except DamagedRecord:
            return None
        if record is None or record.status != "graded" or not failed.digest or record.digest != failed.digest:
            return None
        kept = [remark for remark in record.remarks if not remark.startswith(NOT_AGAIN)]
        record.remarks = [*kept, f"{NOT_AGAIN} ({failed.reason}); this is the result of an earlier run"]
        return record

    def withdrawn(self, present: Iterable[tuple[str, str]]) -> list[Path]:
        """Where the records lie of submissions that are not among the (learner, exercise) of `present`.

        They are kept, and results.json holds them: a folder that is not mounted, or the next exercise graded into the
        same output, must not wipe out a class. Whoever means to leave one out removes its file and runs again.
        """
        here = {self.path(*key) for key in present}
        return [path for path in sorted(self.folder.glob("*/*.json")) if path not in here]

    def forget_renamed(self, present: Iterable[tuple[str, str]], exercises: Collection[str]) -> None:
        """Remove what was said of files whose names stood for no exercise and that are not there any more.

        Of a learner who is `present` (learner, exercise) such a row would stay for ever as not graded, beside the
        result of the same file under a better name.
        """
        here = {self.path(*key) for key in present}
        learners = {path.parent for path in here}
        known = {safe_name(exercise) for exercise in exercises}
        for path in self.folder.glob("*/*.json"):
            if path not in here and path.parent in learners and path.stem not in known:
                with suppress(DamagedRecord, OSError):
                    record = _read(path)
                    if record is not None and record.status == "not_graded":
                        path.unlink()

    def load(self, learner: str, exercise: str) -> SubmissionResult | None:
        """The record, or None where there is none. Raises DamagedRecord, NewerRecord, OutputNotWritable or BadTable."""
        record = self.judged(learner, exercise)
        return record and self.texts().apply(self.overrides().apply(record))

    def judged(self, learner: str, exercise: str) -> SubmissionResult | None:
        """The record as it was judged, without overrides. Raises what `load` does, but BadTable."""
        return _read(self.path(learner, exercise))

    def overrides(self, expected: Iterable[tuple[str, str]] = ()) -> Plan:
        """What OUT/overrides.csv comes to, and what has become moot in it. Raises BadTable for a mistake in it.

        expected: (learner, exercise) of submissions that may have no record yet.
        """
        return plan_overrides(self.out, Results(self._of, self._learners, self._there), expected)

    def texts(self) -> Texts:
        """The points that OUT/texts.csv gives for free texts. Raises BadTable for a mistake in it."""
        return read_texts(self.out)

    def digest_of(self, learner: str, exercise: str) -> str | None:
        """The digest of the notebook that a result is of; None without a result."""
        with suppress(DamagedRecord):
            record = self.judged(learner, exercise)
            return record.digest if record is not None else None
        return None

    def remember_overrides(self, expected: Iterable[tuple[str, str]] = ()) -> Plan:
        """The same, and keep which points each row was first applied to: for a run that may replace these."""
        plan = self.overrides(expected)
        data = remember(self.out, plan)
        if data is not None:
            self._write(self.out / SEEN, data)
        return plan

    def remember_judges(self, judges: Iterable[tuple[str, str, dict[str, str]]]) -> None:
        """Keep which files the digests `judged_by` stand for: digest, exercise, and path -> digest each."""
        known = read_judges(self.out)
        new = [judge for judge in judges if with_judge(known, *judge)]
        if new:
            self._write(self.out / JUDGES, to_json(known))

    def _of(self, learner: str) -> list[SubmissionResult]:
        """A learner's records as judged, without damaged ones."""
        found = self._judged(f"{safe_name(learner)}/*.json")
        return [record for record in found if record.learner == learner]

    def _learners(self) -> list[str]:
        return sorted({record.learner for record in self._judged("*/*.json")})

    def _there(self, learner: str, exercise: str) -> bool:
        return self.path(learner, exercise).exists()

    def records(self, damaged: list[str] | None = None) -> Iterator[SubmissionResult]:
        """All records, one at a time, those of a learner together; sentences about damaged files go to `damaged`.

        Raises NewerRecord: treating such a file as not there would overwrite what a later version wrote. Raises
        BadTable for a mistake in overrides.csv or texts.csv, before the first record.
        """
        plan, texts = self.overrides(), self.texts()
        for record in self._judged("*/*.json", damaged):
            yield texts.apply(plan.apply(record))

    def _judged(self, pattern: str, damaged: list[str] | None = None) -> Iterator[SubmissionResult]:
        for path in sorted(self.folder.glob(pattern)):
            try:
                record = _read(path)
            except DamagedRecord as error:
                if damaged is not None:
                    damaged.append(str(error))
                continue
            if record is not None:
                yield record

    def before(self, run: Path) -> Iterator[SubmissionResult]:
        """All records as they were before `run`, one of the folders below OUT/earlier, with the overrides of then."""
        entries = {(entry.get("learner"), entry.get("exercise")): entry for entry in submissions_before(run)}
        places = [*(each / "records" for each in since(self.out, run)), self.folder]
        for name in sorted({path.relative_to(place) for place in places for path in place.glob("*/*.json")}):
            path = next(place / name for place in places if (place / name).exists())
            with suppress(DamagedRecord):
                record = _read(path)
                if record is None or (entries and path.is_relative_to(self.folder) and record.key not in entries):
                    continue  # handed in since
                for question in entries.get(record.key, {}).get("questions", []):
                    _overridden(record, question)
                yield record

    def load_all(self) -> Loaded:
        """All records at once, and what was damaged: such a file counts as not there, its learner is graded again."""
        loaded = Loaded()
        loaded.records.extend(self.records(loaded.damaged))
        return loaded

    def needs_grading(
        self,
        learner: str,
        exercise: str,
        digest: str,
        package: str,
        seed: str,
        isolation: str | None = None,
        judged_by: str | None = None,
    ) -> bool:
        """False only where this very notebook was graded completely, by this version, on these hidden inputs.

        With `isolation`, the tier of the present run, a result from a weaker tier is graded again too; with
        `judged_by`, the digest of the sources that decide points and messages now, one that others decided.
        """
        try:
            record = self.judged(learner, exercise)
        except DamagedRecord:
            return True
        if record is None or not record.complete:
            return True
        if isolation is not None and record.isolation < Tier(isolation):
            return True
        if judged_by is not None and record.judged_by != judged_by:
            return True
        return (record.digest, record.package, record.seed) != (digest, package, seed)

    def write_results(self, package: str, isolation: str, damaged: list[str] | None = None) -> Path:
        """Assemble results.json and results.csv from all records; the path of results.json.

        Damaged records are left out, with a sentence each in `damaged`.
        `package` and `isolation` are those of this run; where a record came from a weaker tier, that tier is written.
        Raises BadTable for a mistake in overrides.csv, and then writes neither.
        """
        summary = Summary(package, isolation)
        for record in self.records(damaged):
            summary.add(record)
        self._write(self.out / "results.csv", summary.csv())
        path = self.out / "results.json"
        self._write(path, summary.json())
        return path

    def _write(self, path: Path, data: bytes) -> None:
        if self._lock is not None:
            self._lock.check()
        try:
            write_atomic(path, data)
        except OutputNotWritable:
            if self._lock is not None:
                self._lock.check()  # whoever took the folder over has removed our temporary file
            raise


def _overridden(record: SubmissionResult, question: Any) -> None:
    """Set points by hand as an earlier results.json says of one question."""
    with suppress(KeyError, TypeError, StopIteration):
        override = question["override"]
        record.set_by_hand(question["id"], float(override["points"]), str(override["reason"]), str(override["by"]))


def _read(path: Path) -> SubmissionResult | None:
    again = "it counts as not there, and the submission is graded again"
    try:
        data = json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise OutputNotWritable(
            f"cannot read {path}: {error.strerror}; change its permissions and run again"
        ) from error
    except (ValueError, RecursionError):
        raise DamagedRecord(f"{path} is not a whole JSON file: {again}") from None
    try:
        record = SubmissionResult.from_dict(data)
    except NewerRecord as error:
        raise NewerRecord(
            f"{path} was written by a newer version of tl-exercises ({error}): upgrade, or choose another --out"
        ) from None
    except DamagedRecord as error:
        raise DamagedRecord(f"{path} is damaged ({error}): {again}") from None
    if (path.parent.name, path.stem) != (safe_name(record.learner), safe_name(record.exercise)):
        raise DamagedRecord(f"{path} holds the record of another submission: {again}")
    return record
