"""The feedback pages that `tl report` wrote, taken together in a zip."""

import io
import time
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from grader.names import safe_name
from grader.results import RecordStore, SubmissionResult

from .errors import ExportError

FOLDER = "feedback"


def page_path(graded: Path, learner: str) -> Path:
    """Where the page of a learner lies, if it was written."""
    return graded / FOLDER / f"{safe_name(learner)}.html"


def page(graded: Path, learner: str) -> bytes:
    """The page of a learner. Raises ExportError where there is none."""
    path = page_path(graded, learner)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ExportError(f"there is no page of {learner} ({path}): run `tl report {graded}` first") from None
    except OSError as error:
        raise ExportError(f"cannot read {path}: {error.strerror}") from error


def out_of_date(graded: Path, records: Iterable[SubmissionResult]) -> list[str]:
    """The learners whose page was written before their present results were."""
    store = RecordStore(graded)
    overrides = _time(graded / "overrides.csv")
    late = set()
    for record in records:
        written = _time(page_path(graded, record.learner))
        if written < max(_time(store.path(*record.key)), overrides):
            late.add(record.learner)
    return sorted(late)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip with these files: name in the zip -> contents. The same files give the same bytes within one day."""
    made = io.BytesIO()
    today = (*time.localtime()[:3], 0, 0, 0)
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, today)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return made.getvalue()


def _time(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
