"""The stage: a private folder with copies of what is ours to show inside, and the scratch of the reduced tier.

It is locked while its grader lives; what a killed grader left behind is removed by the next one.
"""

import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from grader.locks import Held, Lock
from grader.sandbox.visible import ETC_FILES, is_open

_PREFIX = "tl-stage-"
_LOCK = ".lock"
_YOUNG_SECONDS = 60.0  # a stage this young may be one that is just being built and locked

_SMALL_ETC = {
    "passwd": "learner:x:1000:1000:learner:/tmp/home:/bin/sh\n",
    "group": "learner:x:1000:\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "hosts": "127.0.0.1 localhost\n",
}


@dataclass
class Stage:
    """`path` holds `tl/` (importable), `etc/` (a minimal /etc), `scratch/` (sessions of the tiers without mounts)."""

    path: Path
    lock: Lock

    def remove(self) -> None:
        """Remove it from the disk."""
        self.lock.release()
        remove_tree(self.path)


def build_stage(extra: tuple[Path, ...] = ()) -> Stage:
    """Copy `inside`, `remote`, the open part of `tlcore` and `extra` modules to a new private folder; the caller
    removes it.

    Raises RuntimeError naming the files that could not be read.
    """
    _sweep()
    path = Path(tempfile.mkdtemp(prefix=_PREFIX))
    lock = Lock(path / _LOCK)
    lock.acquire()
    stage = Stage(path, lock)
    try:
        _fill(path, extra)
    except shutil.Error as error:
        stage.remove()
        unreadable = ", ".join(str(source) for source, _copy, _why in error.args[0])
        raise RuntimeError(f"these files of the package cannot be read; make them readable: {unreadable}") from error
    except BaseException:
        stage.remove()
        raise
    return stage


def _sweep() -> None:
    """Remove the stages of graders that were killed."""
    for left in Path(tempfile.gettempdir()).glob(_PREFIX + "*"):
        try:
            if time.time() - left.stat().st_mtime < _YOUNG_SECONDS:
                continue
            lock = Lock(left / _LOCK, say=lambda line: None)
            lock.acquire(watch=False)  # nobody waits for what a grader on another node may have left
            lock.release()
        except (OSError, Held):
            continue  # somebody else's, or in use
        remove_tree(left)


def _fill(stage: Path, extra: tuple[Path, ...]) -> None:
    for folder in ("tl", "etc", "scratch"):
        (stage / folder).mkdir()
    tidy = shutil.ignore_patterns("__pycache__", ".*")
    for package in (Path(__file__).parent / "inside", Path(__file__).parents[1] / "remote"):
        shutil.copytree(package, stage / "tl" / package.name, ignore=tidy)
    tlcore = find_spec("tlcore")
    places = list(tlcore.submodule_search_locations or []) if tlcore else []
    if places:
        source = places[0]

        def closed_or_untidy(folder: str, names: list[str]) -> set[str]:
            at_the_top = names if Path(folder) == Path(source) else []
            return set(tidy(folder, names)) | {name for name in at_the_top if not is_open(name)}

        shutil.copytree(source, stage / "tl" / "tlcore", ignore=closed_or_untidy)
    for module in extra:
        shutil.copy(module, stage / "tl" / module.name)
    for name, text in _SMALL_ETC.items():
        (stage / "etc" / name).write_text(text)
    for name in ETC_FILES:  # bwrap needs something to bind them on
        path = stage / "etc" / Path(name).name
        path.mkdir() if Path(name).is_dir() else path.touch()
    for path in (stage, *stage.rglob("[!.]*")):  # the user that root becomes must be able to read them
        path.chmod(0o755 if path.is_dir() else 0o644)


def remove_tree(folder: Path) -> None:
    """Remove a folder that learners may have filled: however deep (rm walks by descriptor, shutil by recursion), and
    with folders in it that may not be read."""
    if not folder.exists():
        return
    rm, chmod = shutil.which("rm"), shutil.which("chmod")
    if rm is None or chmod is None:
        shutil.rmtree(folder, ignore_errors=True)
        return
    if subprocess.run([rm, "-rf", "--", str(folder)], check=False, stderr=subprocess.DEVNULL).returncode != 0:
        subprocess.run([chmod, "-R", "u+rwX", "--", str(folder)], check=False, stderr=subprocess.DEVNULL)
        subprocess.run([rm, "-rf", "--", str(folder)], check=False, stderr=subprocess.DEVNULL)
