"""Writing into the folder of submissions: all of it is ready before the first file moves, and nothing is lost.

What a new notebook takes the place of, and differs, goes to `<learner>/.earlier/`, which no grading looks into.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from grader.collecting.errors import NotOurs
from grader.files import cannot_write
from grader.locks import Held, Lock

EARLIER = ".earlier"
_LOCK, _TEMPORARY = ".collecting.lock", ".collecting-"


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold `folder`, which is made where it is not there. Raises NotOurs."""
    lock = Lock(folder / _LOCK)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Held:
        raise NotOurs(f"another tl collect is writing to {folder}: wait for it, or choose another --into") from None
    except OSError as error:
        raise _cannot(error, folder) from None
    try:
        for left in folder.glob(f"{_TEMPORARY}*"):  # by a run that was killed
            shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        lock.release()


class Writing:
    """Files on their way into `folder`: `stage` writes them to a temporary place, `apply` moves them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._staged: list[tuple[Path, Path]] = []
        self._away: list[tuple[Path, Path]] = []
        self._renamed: list[tuple[Path, Path]] = []

    def __enter__(self) -> Self:
        try:
            self._temporary = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=self.folder))
        except OSError as error:
            raise _cannot(error, self.folder) from None
        return self

    def __exit__(self, *ended: object) -> None:
        shutil.rmtree(self._temporary, ignore_errors=True)

    def stage(self, learner: str, file: str, data: bytes) -> None:
        """`data` will be `folder/learner/file`."""
        ready = self._temporary / str(len(self._staged))
        try:
            ready.write_bytes(data)
        except OSError as error:
            raise _cannot(error, ready) from None
        self._staged.append((ready, self.folder / learner / file))

    def put_away(self, learner: str, file: str) -> None:
        """`folder/learner/file` will be among the learner's earlier ones."""
        self._away.append((self.folder / learner / file, self.folder / learner))

    def rename(self, learner: str, file: str, to: str) -> None:
        """`folder/learner/file` will be `folder/to/file`."""
        self._renamed.append((self.folder / learner / file, self.folder / to / file))

    def will_be(self, learner: str, file: str) -> bool:
        """Whether `folder/learner/file` is there, or will be under that name."""
        target = self.folder / learner / file
        return target.exists() or any(new == target and old.exists() for old, new in self._renamed)

    def apply(self) -> None:
        """Move everything. What is there and would be written over by something else is put away."""
        try:
            for path, target in self._renamed:
                self._rename(path, target)
            for path, owner in self._away:
                self._keep_aside(path, owner)
            for ready, target in self._staged:
                self._refuse_links(target)
                if target.exists() and target.read_bytes() != ready.read_bytes():
                    self._keep_aside(target, self._learner(target))
                target.parent.mkdir(parents=True, exist_ok=True)
                ready.replace(target)
        except OSError as error:
            raise _cannot(error, Path(error.filename or self.folder)) from None

    def _rename(self, path: Path, target: Path) -> None:
        self._refuse_links(path)
        self._refuse_links(target)
        if not path.is_file():
            return
        if target.exists():
            self._keep_aside(target, self._learner(target))
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
        old, new = self._learner(path), self._learner(target)
        if path.parent != old and not any(path.parent.iterdir()):
            path.parent.rmdir()
        if [left.name for left in old.iterdir()] == [EARLIER] and not (new / EARLIER).exists():
            (old / EARLIER).replace(new / EARLIER)
        if not any(old.iterdir()):
            old.rmdir()

    def _learner(self, path: Path) -> Path:
        return self.folder / path.relative_to(self.folder).parts[0]

    def _keep_aside(self, path: Path, owner: Path) -> None:
        self._refuse_links(path)
        if not path.is_file():
            return
        mark = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        aside = owner / EARLIER / f"{path.stem}-{mark}{path.suffix}"
        self._refuse_links(aside)
        aside.parent.mkdir(parents=True, exist_ok=True)
        path.replace(aside)
        if path.parent != owner and not any(path.parent.iterdir()):
            path.parent.rmdir()

    def _refuse_links(self, path: Path) -> None:
        """Whoever put a link here did it by hand; what it leads to is not ours."""
        while path != self.folder:
            if path.is_symlink():
                raise NotOurs(f"{path} is a symbolic link, which is not followed: put a folder or a file in its place")
            path = path.parent


def _cannot(error: OSError, path: Path) -> NotOurs:
    return NotOurs(str(cannot_write(error, path)).replace("--out", "--into").replace(" and is not graded again", ""))
