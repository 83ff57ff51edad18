"""Which notebooks have been saved since one last looked. Looking at the file's state is enough, and works everywhere.

Jupyter saves by writing a file beside the notebook and renaming it; editors may write in place. Both change what is
compared here: the time of the last change, the size, the file's identity.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Event

from .notebooks import named_after, notebooks_in, walk

INTERVAL = 0.3
"""Seconds between two looks. A look at ten notebooks takes well under a millisecond."""

State = tuple[int, int, int]


class Watch:
    """Looks at a notebook, or at all notebooks of exercises below a folder. `tell` gets what is said meanwhile."""

    def __init__(self, place: Path, names: Sequence[str], tell: Callable[[str], None] = lambda text: None) -> None:
        self.place, self.names, self.tell = place, names, tell
        notebooks_in(place, names)  # raises NoNotebook where there is nothing to watch
        self._folder = self._there = place.is_dir()
        self._seen: dict[Path, State] = {}

    def changed(self) -> list[Path]:
        """The notebooks that were saved since the last call; all of them in the first. Missing ones are waited for."""
        self._say_if_moved()
        found: dict[Path, State] = {}
        for path in self._notebooks():
            try:
                status = path.stat()
            except OSError:
                continue  # between an editor's removing it and writing it again
            found[path] = (status.st_mtime_ns, status.st_size, status.st_ino)
        changed = [path for path, state in found.items() if self._seen.get(path) != state]
        # Where a file is gone for a moment its old state stays: it counts as saved when it is back and different.
        self._seen.update(found)
        return changed

    def forget(self, path: Path) -> None:
        """Give `path` again in the next call: what it held could not be read yet."""
        self._seen.pop(path, None)

    def saves(self, stop: Event, interval: float = INTERVAL) -> Iterator[Path]:
        """Each notebook as it is saved, all of them first, until `stop` is set."""
        while not stop.is_set():
            for path in self.changed():
                if stop.is_set():
                    return
                yield path
            stop.wait(interval)

    def _say_if_moved(self) -> None:
        """A notebook goes and comes while it is saved; a folder that is gone was moved, and nobody would ever know."""
        if self._folder and self._there != self.place.is_dir():
            self._there = not self._there
            words = "is back" if self._there else "is gone: was it moved? Waiting until it is back; Ctrl-C ends"
            self.tell(f"{self.place} {words}")

    def _notebooks(self) -> list[Path]:
        if self._folder:
            return [path for path in walk(self.place) if named_after(path, self.names)]
        return [self.place]


class Patience:
    """How often in a row a notebook could not be read: a file that is still being written is tried again first."""

    def __init__(self, seconds: float = 2.0) -> None:
        self.seconds = seconds
        self._since: dict[Path, float] = {}

    def failed(self, path: Path) -> bool:
        """Note a failure; True while it is worth trying again without a word."""
        since = self._since.setdefault(path, time.monotonic())
        return time.monotonic() - since < self.seconds

    def worked(self, path: Path) -> None:
        """Note that it could be read, or that its failure was said."""
        self._since.pop(path, None)
