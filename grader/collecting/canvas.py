"""Canvas: "Download Submissions" of an assignment, one flat folder.

Written by `add_upload_submission`, `get_filename` and `sanitize_user_name` of instructure/canvas-lms,
lib/content_zipper.rb, as `lovelaceada_LATE_12345_67890_02_feature_extraction-1.ipynb`:

- the sortable name ("Lovelace, Ada"), in lower case, with only letters, digits and underscores; for a group its name;
  in an anonymous assignment nothing, and `anon_` before the number;
- `LATE` where Canvas counts it as late, and nothing otherwise;
- the number of the user: column `ID` of Canvas' gradebook export;
- the number of the file, which grows with time; then the learner's own file name.

A file that is handed in again under a name that the learner's folder of submissions has already gets `-1`, `-2`, … at
its end (`Attachment.make_unique_filename`). Texts and links typed into Canvas are `…_text.html` and `…_link.html`. The
time is not told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.collecting.download import Download
from grader.collecting.handed_in import HandedIn, Listed, Person

NAME = "canvas"

# Two digits of a file's number would be taken from `ada_12345_10_negative_transfer`, which is none of Canvas' names.
_NAME = re.compile(r"(?:((?!LATE_)\w+?)_)?(?:(LATE|late)_)?(anon_[A-Za-z0-9]+|[1-9]\d*)_([1-9]\d{2,})_(.+)", re.DOTALL)
_TYPED = re.compile(r"(?:\w+?_)?(?:(?:LATE|late)_)?(?:anon_[A-Za-z0-9]+|[1-9]\d*)_(?:text|link)\.html")
_AGAIN = re.compile(r"-(\d)(?=(\.\w+)*$)")


def fits(download: Download) -> bool:
    """Whether most of its notebooks lie at the top and are named as Canvas names them."""
    notebooks = [member for member in download.members if ".ipynb" in member.name.lower()] or download.members
    named = [member for member in notebooks if _NAME.fullmatch(member.name) or _TYPED.fullmatch(member.name)]
    return len(named) > len(notebooks) / 2


def listed(download: Download, exercises: Sequence[str]) -> Listed:
    """The files by their names."""
    result = Listed()
    for member in download.members:
        known = _NAME.fullmatch(member.name)
        if known is None:
            typed = _TYPED.fullmatch(member.name)
            why = (
                "a text or link typed into Canvas, no file" if typed else "not named as Canvas names what was handed in"
            )
            result.left_out.append((member.source, why))
            continue
        name, late, number, file, own = known.groups()
        person = Person(name or number, number)
        again = _AGAIN.search(own)
        attempt = int(again[1]) + 1 if again else None
        result.files.append(HandedIn((person,), member, own, attempt, int(file), None, late is not None))
    return result
