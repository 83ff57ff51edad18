"""What a download holds: the files of a zip or of a folder, of which nothing is written anywhere.

A stranger's zip is never unpacked. It is listed within bounds, and the files that are wanted are read one by one; where
they are written, and under what names, is decided by us. What no learner needs to hand in is left out with a reason:
links, devices, paths that lead out, encrypted files, and files that unpack to far more than they take.
"""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from grader.collecting.errors import NoDownload
from grader.submissions import NotReadable, read_bytes
from grader.submissions.naming import text_of
from grader.submissions.notebook import MAX_BYTES

MOST_FILES = 50_000
"""Files of one download: a class of 1,000 that hands in 50 each."""
MOST_UNPACKED = 8 * 2**30
"""Bytes to which the notebooks and zips in one zip may unpack, together; the largest are left out until they do."""
INFLATED, RATIO = 32 * 2**20, 100
"""A file of this size that takes less than a hundredth of it in the zip is an endless print, or a bomb."""
MOST_INFLATED = 2**30
"""Bytes of such files that are read, together, the smallest first: whose loop printed zeros hands in 60 MiB in good
faith."""
MOST_LISTING = 16 * 2**20
"""Bytes of a zip's list of files, of which each takes 46 and its name."""
DEEPEST = 12
"""Folders in folders that are looked into."""

_READ_WHOLE = (".ipynb", ".ipynb.txt", ".ipynb.json", ".zip")
_ASIDE = ("__MACOSX", ".ipynb_checkpoints", "__pycache__")
"""Folders that systems put beside what was handed in."""
_END, _END_BYTES, _LONGEST_COMMENT = b"PK\x05\x06", 22, 65_535


class Unreadable(Exception):
    """One file of a download cannot be read; the message says why."""


@dataclass(frozen=True)
class Member:
    """One file of a download."""

    path: PurePosixPath
    """From the top of the download."""
    source: str
    """Where it is in the download, to be shown."""
    size: int
    open: Callable[[], bytes] = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    def read(self) -> bytes:
        """The file's bytes. Raises Unreadable."""
        try:
            return self.open()
        except NotReadable as error:
            raise Unreadable(str(error)) from None
        except OSError as error:
            raise Unreadable(f"the file cannot be read ({error.strerror or error})") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
            raise Unreadable(f"the file is damaged in the zip ({one_sentence(error)}): download it again") from None


@dataclass
class Download:
    """The files of one download, in the order of their paths, and what was left out with why."""

    path: Path | str
    """The file or folder, or what it is called."""
    most_files: int = MOST_FILES
    members: list[Member] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)

    def add(self, name: str, size: int, problem: str | None, read: Callable[[], bytes]) -> None:
        """Take a file of the download, or say why not."""
        parts = PurePosixPath(name).parts
        if any(part in _ASIDE for part in parts) or parts[-1:] == (".DS_Store",) or parts[-1].startswith("._"):
            return
        if len(self.members) + len(self.left_out) >= self.most_files:
            raise NoDownload(
                f"{self.path} holds more than {self.most_files:,} files: keep what was handed in, and try again"
            )
        if problem is None and size > MAX_BYTES:
            problem = _too_large(size)
        if problem is not None:
            self.left_out.append((name, problem))
        else:
            self.members.append(Member(PurePosixPath(name), name, size, read))


@contextmanager
def opened(path: Path) -> Iterator[Download]:
    """The download at `path`, a zip or a folder. Raises NoDownload with what to do."""
    if path.is_dir():
        yield _folder(path)
        return
    try:
        with path.open("rb") as file, zip_in(file, path) as download:
            yield download
    except FileNotFoundError:
        raise NoDownload(f"{path} is not there: give the zip that the platform made, or a folder") from None
    except OSError as error:
        raise NoDownload(f"{path} cannot be read ({error.strerror or error})") from None


@contextmanager
def zip_in(file: IO[bytes], path: Path | str, most_files: int | None = None) -> Iterator[Download]:
    """The files of a zip, which is called `path`. Raises NoDownload with what to do."""
    try:
        _listing_is_small(file, path)
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
        if str(path).lower().endswith(".zip"):
            raise NoDownload(f"{path} is damaged ({one_sentence(error)}): download it again") from None
        raise NoDownload(f"{path} is no zip: give the platform's zip, or unpack it and give the folder") from None
    with archive:
        yield _zip(path, archive, MOST_FILES if most_files is None else most_files)


def one_sentence(error: Exception) -> str:
    """What a library says, short and harmless."""
    said = text_of(str(error)).split("\n")[0]
    return "".join(c for c in said if c.isprintable())[:100] or type(error).__name__


def _listing_is_small(file: IO[bytes], path: Path | str) -> None:
    """Refuse a zip whose list of files alone would fill the memory, before anybody reads that list."""
    total = file.seek(0, os.SEEK_END)
    file.seek(max(0, total - _END_BYTES - _LONGEST_COMMENT))
    end = file.read()
    at = end.rfind(_END)
    if at < 0 or len(end) - at < _END_BYTES:
        return  # zipfile says so
    listing = int.from_bytes(end[at + 12 : at + 16], "little")
    # In a zip64 the number stands elsewhere; such a list can be no longer than the file.
    if (total if listing == 0xFFFFFFFF else listing) > MOST_LISTING and listing <= total:
        raise NoDownload(f"{path} lists far more files than a class hands in: keep what was handed in, and try again")


def _zip(path: Path | str, archive: zipfile.ZipFile, most_files: int) -> Download:
    download = Download(path, most_files)
    sound: list[tuple[str, zipfile.ZipInfo]] = []
    for info in archive.infolist():
        if info.is_dir():
            continue
        name, problem = _inside(_name(info))
        problem = problem or _problem(info)
        if problem is None:
            sound.append((name, info))
        else:
            download.add(name, info.file_size, problem, bytes)
    inflated = [info for _, info in sound if info.file_size > max(INFLATED, RATIO * info.compress_size)]
    read = [info for name, info in sound if name.lower().endswith(_READ_WHOLE)]
    too_much = _largest_beyond(inflated, MOST_INFLATED) | _largest_beyond(read, MOST_UNPACKED)
    for name, info in sound:
        problem = None
        if id(info) in too_much:
            packed, size = info.compress_size / 2**10, info.file_size / 2**20
            problem = f"it would unpack from {packed:,.0f} KiB to {size:,.0f} MiB, and others do so, too"
        download.add(name, info.file_size, problem, lambda info=info: archive.read(info))  # type: ignore[misc]
    download.members.sort(key=lambda member: str(member.path))
    return download


def _largest_beyond(infos: list[zipfile.ZipInfo], budget: int) -> set[int]:
    """The largest of some files, by `id`, without which the others unpack to no more than `budget`."""
    total = sum(info.file_size for info in infos)
    beyond = set()
    for info in sorted(infos, key=lambda info: -info.file_size):
        if total <= budget:
            break
        beyond.add(id(info))
        total -= info.file_size
    return beyond


def _name(info: zipfile.ZipInfo) -> str:
    """The name of a file in a zip. Some programs write UTF-8 and do not say so: zipfile takes it for code page 437."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            pass
    return name.replace("\\", "/")


def _inside(name: str) -> tuple[str, str | None]:
    """A path as it is shown and taken, and why not where it leads out of the download."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or ".." in parts or (parts and parts[0].endswith(":")) or not parts:
        return name or "(no name)", "its path leads out of the download"
    if len(parts) > DEEPEST:
        return name, f"it lies more than {DEEPEST} folders deep"
    return "/".join(parts), None


def _problem(info: zipfile.ZipInfo) -> str | None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "it is a symbolic link, which is not followed"
    if kind not in (0, stat.S_IFREG):
        return "it is not a regular file"
    if info.flag_bits & 0x1:
        return "it is encrypted: ask for it without a password"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "it is packed in a way that no platform uses"  # others may ask for gigabytes of memory
    return _too_large(info.file_size) if info.file_size > MAX_BYTES else None


def _too_large(size: int) -> str:
    return f"the file has {size / 2**20:,.0f} MiB, and at most {MAX_BYTES // 2**20} are read"


def _folder(path: Path) -> Download:
    download = Download(path, MOST_FILES)
    waiting = [(path, "", 0)]
    try:
        while waiting:
            folder, prefix, depth = waiting.pop()
            with os.scandir(folder) as entries:
                for entry in entries:
                    name = prefix + text_of(entry.name)
                    if entry.is_dir(follow_symlinks=False):
                        if depth + 1 < DEEPEST and entry.name not in (*_ASIDE, ".git"):
                            waiting.append((Path(entry.path), f"{name}/", depth + 1))
                        continue
                    status = entry.stat(follow_symlinks=False)
                    problem = None if stat.S_ISREG(status.st_mode) else "it is not a regular file"
                    if entry.is_symlink():
                        problem = "it is a symbolic link, which is not followed"
                    file = Path(entry.path)
                    download.add(name, status.st_size, problem, lambda file=file: read_bytes(file, path))  # type: ignore[misc]
    except OSError as error:
        raise NoDownload(
            f"{error.filename or path} cannot be read ({error.strerror}): put it right, and try again"
        ) from None
    download.members.sort(key=lambda member: str(member.path))
    return download
