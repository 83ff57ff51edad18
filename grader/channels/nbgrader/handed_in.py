"""What nbgrader takes from a learner's folder beside the notebook: plain files, and when it was handed in.

nbgrader copies whatever lies there with the instructor's rights, and stops at what it cannot read. A link may lead to
the instructor's own files, which would land in `autograded/` and in the learner's feedback.
"""

from __future__ import annotations

import fnmatch
import os
import re
import stat
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from grader.submissions.finding import text_of

MAX_FILES = 1_000
"""Files of one submission that are copied, besides the notebook."""
TIMESTAMP = "timestamp.txt"
_LONGEST = 100
_TIME = re.compile(r"[0-9T:. +-]{8,60}(?:[A-Za-z]+(?:[/_+-][A-Za-z0-9]+)*)?")

Say = Callable[[str], None]


def plain_files(folder: str, ignore: Sequence[str], most_kilobytes: int, say: Say) -> list[str]:
    """The regular files below `folder` that can be read, `most_kilobytes` together; no link is followed.

    ignore: patterns of names to pass over, with all that is below. What is left out is said in one line.
    """
    found: list[str] = []
    left_out: dict[str, list[str]] = {}
    room = 1000 * most_kilobytes
    for path, status in _walk(folder, ignore):
        reason = _problem(path, status)
        if not reason and path == os.path.join(folder, TIMESTAMP) and time_of(folder, lambda line: None) is None:
            reason = "no time in it"
        elif not reason and status.st_size > room:
            reason = "too large (see CourseDirectory.max_dir_size)"
        elif not reason and len(found) >= MAX_FILES:
            reason = f"more than {MAX_FILES:,} files"
        if reason:
            left_out.setdefault(reason, []).append(text_of(os.path.relpath(path, folder)))
        else:
            found.append(path)
            room -= status.st_size
    for reason, names in left_out.items():
        more = f" and {len(names) - 5:,} more" if len(names) > 5 else ""
        say(f"{folder}: not copied, {reason}: {', '.join(names[:5])}{more}")
    return found


def time_of(folder: str, say: Say) -> datetime | None:
    """When a submission was handed in, by its timestamp.txt; None where there is none, or none that can be read."""
    from nbgrader.utils import parse_utc

    path = Path(folder) / TIMESTAMP
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return None
    except OSError as error:
        say(f"{path} cannot be read ({error.strerror}): handed in at an unknown time")
        return None
    try:
        text = os.read(handle, _LONGEST).decode("ascii").strip()
        if not _TIME.fullmatch(text):
            raise ValueError
        moment: datetime = parse_utc(text)
        return moment
    except Exception:  # a folder, bytes of any kind; and dateutil has many ways to fail
        say(f"{path} holds no time: handed in at an unknown time")
        return None
    finally:
        os.close(handle)


def is_link(folder: str) -> bool:
    """Whether a submission's folder, or the learner's that holds it, is a symbolic link."""
    path = Path(folder)
    return path.is_symlink() or path.parent.is_symlink()


def _walk(folder: str, ignore: Sequence[str]) -> list[tuple[str, os.stat_result]]:
    found = []
    for inside, folders, names in os.walk(folder):
        links = [name for name in folders if Path(inside, name).is_symlink()]
        folders[:] = sorted(name for name in folders if name not in links and not _ignored(name, ignore))
        for name in sorted([*names, *links]):
            path = os.path.join(inside, name)
            if not _ignored(name, ignore):
                try:
                    found.append((path, os.lstat(path)))
                except OSError:  # it has just gone
                    continue
    # The notebooks first: whatever lies beside them must not use up what may be copied.
    return sorted(found, key=lambda one: not one[0].endswith(".ipynb"))


def _problem(path: str, status: os.stat_result) -> str:
    if stat.S_ISLNK(status.st_mode):
        return "links are not followed"
    if not stat.S_ISREG(status.st_mode):
        return "no regular file"
    return "" if os.access(path, os.R_OK) else "not readable"


def _ignored(name: str, ignore: Sequence[str]) -> bool:
    return any(fnmatch.fnmatch(name, pattern) for pattern in ignore)
