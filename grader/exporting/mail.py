"""Which page belongs to whom, in a table and in a zip to mail out: one file for each learner, and nobody else's."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from grader.results.summary import to_csv
from grader.text import one_line

from . import pages
from .collected import Collected
from .tables import PERSON_FIELDS, person

TABLE = "pages.csv"
_LONGEST = 80
# What some system does not allow in a file's name, and what a shell or a mail program may take for something else.
_UNSAFE = re.compile(r'[<>:"/\\|?*`$;&!%]+')
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)


def page_table(learners: Iterable[str], collected: Collected) -> bytes:
    """What `tl report` puts beside the pages: learner, name and id on the platform, file."""
    files = {learner: pages.page_path(Path(), learner).name for learner in learners}
    return _table(files, collected)


def mail_zip(graded: Path, learners: Iterable[str], collected: Collected) -> bytes:
    """A zip with the page of each learner under the name that the instructor knows, and the table of them.

    Raises ExportError where a page is missing.
    """
    files = file_names(learners)
    contents = {TABLE: _table(files, collected)}
    contents |= {name: pages.page(graded, learner) for learner, name in files.items()}
    return pages.zipped(contents)


def file_names(learners: Iterable[str]) -> dict[str, str]:
    """A file name for each learner: the folder's name, without what no system allows, and no two the same where
    capitals do not count."""
    names: dict[str, str] = {}
    taken = {TABLE}
    for learner in sorted(set(learners)):
        readable = _readable(learner)
        name, count = f"{readable}.html", 1
        while name.casefold() in taken:
            count += 1
            name = f"{readable} ({count}).html"
        taken.add(name.casefold())
        names[learner] = name
    return names


def _readable(learner: str) -> str:
    text = unicodedata.normalize("NFC", one_line(learner, _LONGEST))
    # Nor does it begin as an option or a formula does: the table has the name as it is.
    text = _UNSAFE.sub("_", text).strip(" .").lstrip(" ._-=+@'\uff1d\uff0b\uff0d\uff20") or "learner"
    return f"{text}_" if _DEVICES.fullmatch(text) else text


def _table(files: dict[str, str], collected: Collected) -> bytes:
    rows = [{**person(learner, collected.people), "file": file} for learner, file in files.items()]
    return to_csv((*PERSON_FIELDS, "file"), sorted(rows, key=lambda row: (row["learner"].casefold(), row["learner"])))
