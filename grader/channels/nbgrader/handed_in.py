"""What nbgrader takes from a learner's folder beside the notebook: plain files, and when it was handed in.

nbgrader copies whatever lies there with the instructor's rights, and stops at what it cannot read. A link may lead to
the instructor's own files, which would land in `autograded/` and in the learner's feedback. A page of the learner's own
would act in the browser of whoever opens it there.
"""

from __future__ import annotations

import fnmatch
import mimetypes
import os
import re
import stat
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from grader.submissions.naming import text_of

MAX_FILES = 1_000
"""Files of one submission that are copied, besides the notebook."""
DEEPEST, MAX_LOOKED_AT = 20, 100_000
"""How many folders deep they are looked for, and among how many entries. Deeper ones have paths that Linux refuses."""
TIMESTAMP = "timestamp.txt"
_LONGEST = 100
_TIME = re.compile(r"[0-9T:. +-]{8,60}(?:[A-Za-z]+(?:[/_+-][A-Za-z0-9]+)*)?")

_OPENED = (".ipynb", ".mht", ".mhtml", ".svgz", ".htc", ".shtml", ".xht", ".xslt")
"""Endings of files that act, besides those that Python knows the kind of."""

Say = Callable[[str], None]


def plain_files(
    folder: str, ignore: Sequence[str], most_kilobytes: int, say: Say, to_look_at: bool = False
) -> list[str]:
    """The regular files below `folder` that can be read, `most_kilobytes` together; no link is followed.

    ignore: patterns of names to pass over, with all that is below. What is left out is said in one line.
    to_look_at: for a place where people open what they find: without web pages, drawings in SVG and other notebooks.
    """
    found: list[str] = []
    left_out: dict[str, list[str]] = {}
    room = 1000 * most_kilobytes
    for path, status in _walk(folder, ignore):
        reason = _problem(path, status)
        if not reason and to_look_at and acts(path):
            reason = "a page that may act when it is opened"
        elif not reason and path == os.path.join(folder, TIMESTAMP) and time_of(folder, lambda line: None) is None:
            reason = "no time in it"
        elif status is not None and not reason and status.st_size > room:
            reason = "too large (see CourseDirectory.max_dir_size)"
        elif not reason and len(found) >= MAX_FILES:
            reason = f"more than {MAX_FILES:,} files"
        if reason or status is None:
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


def acts(path: str) -> bool:
    """Whether a browser runs what is in a file of this name, or Jupyter does: HTML, XML of any kind, a notebook."""
    kind = mimetypes.guess_type(path)[0] or ""
    return any(part in kind for part in ("html", "xml", "rfc822")) or path.lower().endswith(_OPENED)


def _walk(folder: str, ignore: Sequence[str]) -> list[tuple[str, os.stat_result | None]]:
    """What is below `folder`, and what of it is no folder that can be looked into; None for what cannot be read."""
    found: list[tuple[str, os.stat_result | None]] = []
    waiting = [(folder, 0)]
    looked_at = 0
    while waiting and looked_at < MAX_LOOKED_AT:
        inside, depth = waiting.pop(0)
        try:
            # The notebooks first: whatever lies beside them must not use up what is looked at.
            names = sorted(os.listdir(inside), key=lambda name: (not name.endswith(".ipynb"), name))
        except FileNotFoundError:  # it has just gone
            continue
        except OSError:
            found.append((inside, None))
            continue
        looked_at += len(names)
        for name in names[:MAX_LOOKED_AT]:
            path = os.path.join(inside, name)
            if _ignored(name, ignore):
                continue
            try:
                status = os.lstat(path)
            except FileNotFoundError:
                continue
            except OSError:  # its path is too long
                found.append((path, None))
                continue
            if stat.S_ISDIR(status.st_mode) and depth < DEEPEST:
                waiting.append((path, depth + 1))
            else:
                found.append((path, status))
    # Nor must it use up what may be copied.
    return sorted(found, key=lambda one: not one[0].endswith(".ipynb"))


def _problem(path: str, status: os.stat_result | None) -> str:
    if status is None:
        return "not readable"
    if stat.S_ISDIR(status.st_mode):
        return "too deep"
    if stat.S_ISLNK(status.st_mode):
        return "links are not followed"
    if not stat.S_ISREG(status.st_mode):
        return "no regular file"
    return "" if os.access(path, os.R_OK) else "not readable"


def _ignored(name: str, ignore: Sequence[str]) -> bool:
    return any(fnmatch.fnmatch(name, pattern) for pattern in ignore)
