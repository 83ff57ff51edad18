"""Files that are either whole or not there, whatever happens while they are written."""

import errno
import os
import secrets
import tempfile
from pathlib import Path

TEMPORARY = ".tmp-"

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class OutputError(Exception):
    """The root of what goes wrong with an output folder; `str(error)` is a sentence to show as it is."""


class OutputNotWritable(OutputError):
    """The output folder cannot be created or written."""


class OutputFull(OutputNotWritable):
    """The disk, or the quota on it, is full; what was written before stays valid."""


def write_atomic(path: Path, data: bytes, durable: bool = True) -> None:
    """Write `data` to `path` by way of a temporary file beside it: a reader sees the old file or the new one.

    With `durable` the bytes are on the disk before the name is (also after a power cut); pages, which can be built
    again, do without. Raises OutputFull or OutputNotWritable; then `path` is as it was before.
    """
    temporary = path.parent / f"{TEMPORARY}{secrets.token_hex(8)}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            # 0o666 and the umask decide, as for any file; tempfile would make it private to its owner.
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                if durable:
                    os.fsync(file.fileno())
            temporary.replace(path)  # os.replace: atomic on one file system
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        if durable and os.name == "posix":
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    except OSError as error:
        raise cannot_write(error, path) from error


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, from its first moment on; whole, or not at all.

    Raises OutputFull or OutputNotWritable.
    """
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=TEMPORARY)
    except OSError as error:
        raise cannot_write(error, path) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).replace(path)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise cannot_write(error, path) from None


def cannot_write(error: OSError, path: Path) -> OutputNotWritable:
    """The error to raise for `error` while writing `path`: what happened, and what to do."""
    if error.errno in _FULL:
        return OutputFull(
            f"no space left while writing {path}: free some space (or raise the quota) and run the same command again; "
            "what was written so far stays valid and is not graded again"
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return OutputNotWritable(
            f"cannot write {path}: the folder is read-only for you; choose another --out, or change its permissions"
        )
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return OutputNotWritable(
            f"cannot write {path}: a file stands where a folder is needed; choose another --out, or move that file away"
        )
    return OutputNotWritable(f"cannot write {path}: {error.strerror or error}; choose another --out")


def sweep(folder: Path) -> int:
    """Remove the temporary files that a killed run left below `folder`; how many. Only under the folder's lock."""
    count = 0
    for left in folder.rglob(f"{TEMPORARY}*"):
        if left.is_file():
            left.unlink(missing_ok=True)
            count += 1
    return count
