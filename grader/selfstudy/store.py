"""Where progress is kept: one file in the platform's folder for a user's data, whole at any moment.

A file that is damaged is never thrown away: it is set aside under another name, said so, and the copy of the state
before the last check is taken up. Two `tl` at once take turns.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from grader.files import OutputNotWritable, sweep, write_atomic
from grader.locks import Held, Lock

from .errors import DamagedProgress, ProgressUnavailable
from .progress import Progress

HOME = "TL_HOME"
"""The environment variable that names another folder."""

LOCK_SECONDS = 10.0  # an update takes milliseconds; a home on a slow network file system perhaps a second

T = TypeVar("T")


def home() -> Path:
    """The folder: $TL_HOME, else the platform's (such as ~/.local/share/tl-exercises, or under AppData)."""
    if os.environ.get(HOME):
        return Path(os.environ[HOME]).expanduser()
    from platformdirs import user_data_path

    return user_data_path("tl-exercises", appauthor=False)


class ProgressStore:
    """Reads and changes the progress file in `folder`. `notices` are sentences that the learner should read."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or home()
        self.path = self.folder / "progress.json"
        self.before = self.folder / "progress.before.json"  # the state before the last change
        self.notices: list[str] = []
        self._unwritten: Progress | None = None

    def read(self) -> Progress:
        """The progress. Raises ProgressUnavailable; a damaged file is set aside, with a notice."""
        if self._unwritten is not None:
            return self._unwritten
        try:
            return _parse(self.path.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            if (why := self._no_folder()) is not None:
                self._cannot_keep(why)
            return Progress()
        except DamagedProgress as damage:
            return self._set_aside(damage)
        except OSError as error:
            raise ProgressUnavailable(
                f"your progress cannot be read ({self.path}: {error.strerror}): mend its permissions, or set {HOME} to "
                "another folder"
            ) from None

    def update(self, change: Callable[[Progress], T]) -> T:
        """Change the progress and keep it; gives what `change` gives.

        Where it cannot be written (read-only home, full disk) a notice says so, and this object remembers instead.
        Raises ProgressUnavailable.
        """
        with self._lock():
            progress = self.read()
            result = change(progress)
            try:
                if self._unwritten is None:
                    self._write(progress)
            except OutputNotWritable as error:
                cause = error.__cause__
                why = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(error)
                self._cannot_keep(self._no_folder() or f"({why}): make room or mend its permissions")
                self._unwritten = progress
            return result

    def _no_folder(self) -> str | None:
        """Why there can be no folder, and what to do; None where there is one, or can be."""
        there = next(place for place in (self.folder, *self.folder.absolute().parents) if os.path.lexists(place))
        return None if there.is_dir() else f"({there} is a file): move that file away"

    def _cannot_keep(self, why: str) -> None:
        notice = f"your progress cannot be kept in {self.folder} {why}, or set {HOME} to another folder"
        if notice not in self.notices:
            self.notices.append(notice)

    def reset(self) -> Path | None:
        """Begin anew. The old file stays under the name that is given back; None where there was none."""
        with self._lock():
            self._unwritten = None
            if not self.path.exists():
                return None
            try:
                self.before.unlink(missing_ok=True)
                return _move_away(self.path, "until")
            except OSError as error:
                raise ProgressUnavailable(f"cannot move {self.path} away: {error.strerror}") from None

    def _write(self, progress: Progress) -> None:
        sweep(self.folder)  # what an interrupted write left
        if self.path.exists():
            write_atomic(self.before, self.path.read_bytes(), durable=False)
        text = json.dumps(progress.to_dict(), indent=1, ensure_ascii=False) + "\n"
        write_atomic(self.path, text.encode("utf-8", "backslashreplace"))

    def _set_aside(self, damage: DamagedProgress) -> Progress:
        try:
            kept = _move_away(self.path, "damaged")
        except OSError as error:
            raise ProgressUnavailable(
                f"your progress is damaged ({damage}) and cannot be moved away ({error.strerror}): move {self.path} "
                f"yourself, or set {HOME} to another folder"
            ) from None
        what = f"your progress file was damaged ({damage}): it is kept as {kept}"
        try:
            earlier = _parse(self.before.read_bytes())
        except (OSError, DamagedProgress):
            self.notices.append(f"{what}, and a new one begins")
            return Progress()
        self.notices.append(f"{what}, and the state before your last check is taken up")
        try:
            write_atomic(self.path, self.before.read_bytes())
        except (OSError, OutputNotWritable):
            self._unwritten = earlier
        return earlier

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Hold the folder. Where no lock can be made in it, atomic writes alone have to do."""
        lock = Lock(self.folder / ".progress.lock", lease_seconds=LOCK_SECONDS)
        held = False
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock.acquire(wait=LOCK_SECONDS)
            held = True
        except Held:
            raise ProgressUnavailable(
                f"another tl has held your progress ({self.folder}) for {LOCK_SECONDS:g} seconds: end it and try again"
            ) from None
        except OSError:
            pass  # read-only
        try:
            yield
        finally:
            if held:
                lock.release()


def _parse(data: bytes) -> Progress:
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        raise DamagedProgress("it is empty" if not data.strip() else "it is not JSON") from None
    return Progress.from_dict(content)


def _move_away(path: Path, why: str) -> Path:
    """Rename `path` to a name with `why` and the time in it that nothing has yet."""
    stamp = f"{datetime.now():%Y%m%d-%H%M%S}"
    for count in range(100):
        other = path.with_name(f"{path.stem}.{why}-{stamp}{f'-{count}' if count else ''}{path.suffix}")
        if not other.exists():
            path.rename(other)
            return other
    raise FileExistsError(17, f"too many files {path.stem}.{why}-{stamp}*", str(path))
