"""Putting the notebooks of the exercises into a learner's folder, where nothing of theirs is ever overwritten."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from grader.exercise.catalogue import ROOT, course_folder
from grader.files import OutputNotWritable, write_atomic
from tlcore.machine.home import elsewhere
from tlcore.machine.own_copies import exercises_in, why_not_read, why_not_written
from tlcore.machine.own_kernel import stamped

from .errors import CannotStart

RELEASED = ".tl-released.json"
"""In the learner's folder: which release of each notebook they have, {name: sha256 of it as handed out}."""

SETTINGS = Path(__file__).parent / "jupyter"
"""Jupyter settings for somebody alone: without nbgrader's buttons, which are for a course, and the question whether one
wants Jupyter's news, which lies over the first check."""


@dataclass(frozen=True)
class Placed:
    """What became of one notebook. `state` is copied, kept (there already), or beside (a newer release, at `path`)."""

    exercise: str
    path: Path
    state: str


def place_notebooks(
    folder: Path, root: Path = ROOT, own_kernel: bool = False, shared: Path | None = None
) -> list[Placed]:
    """Copy the notebooks of `root/exercises`, or those of a folder that many share, into `folder`. Raises CannotStart.

    A notebook that is there stays as it is. Where the release has changed since it was copied, the newer one is put
    beside it, once. With `own_kernel` the copies open with the kernel of `tlcore.machine.own_kernel`. Nothing is
    written where the originals are.
    """
    sources = exercises_in(shared or course_folder(root) / "exercises")
    if not sources and shared:
        raise CannotStart(why_not_read(shared))
    if not sources:
        raise CannotStart(f"there are no notebooks to copy: {root / 'exercises'} has none (in a checkout: tl build)")
    if folder.exists() and not folder.is_dir():
        raise CannotStart(f"{folder} is a file: choose another name for the folder, as in tl start my-folder")
    if folder.resolve() == sources[0].parent.resolve():
        raise CannotStart("these are the originals: choose a folder of your own, as in tl start my-folder")
    originals = {source.name: _original(source, own_kernel) for source in sources}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        released = _released(folder)
        placed = [_place(folder / name, *original, released) for name, original in originals.items()]
        write_atomic(folder / RELEASED, (json.dumps(released, indent=1) + "\n").encode())
    except (OSError, OutputNotWritable) as error:
        cause = error if isinstance(error, OSError) else error.__cause__
        raise CannotStart(why_not_written(folder, cause) if isinstance(cause, OSError) else str(error)) from None
    return placed


def _original(source: Path, own_kernel: bool) -> tuple[str, bytes]:
    """The digest of a notebook as it is handed out, and what is copied. Raises CannotStart."""
    try:
        data = source.read_bytes()
        return hashlib.sha256(data).hexdigest(), stamped(data) if own_kernel else data
    except OSError as error:
        raise CannotStart(
            f"{source} cannot be read ({error.strerror}): ask those who run the workshop to open it for you (chmod a+r)"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise CannotStart(f"{source} is not a notebook: tell those who run the workshop that it is damaged") from None


def _place(target: Path, digest: str, data: bytes, released: dict[str, str]) -> Placed:
    folder, name = target.parent, target.stem
    had = released.get(name)
    if not os.path.lexists(target) and _write_new(target, data):
        released[name] = digest
        return Placed(name, target, "copied")
    if digest == had or (had is None and _same_release(target, data)):
        released[name] = digest
        return Placed(name, target, "kept")
    count = 1
    while True:
        suffix = f"-{count}" if count > 1 else ""
        beside = folder / f"{name}-new-{version('tl-exercises')}{suffix}.ipynb"
        if _write_new(beside, data) or (beside.is_file() and beside.read_bytes() == data):
            break
        count += 1
    released[name] = digest
    return Placed(name, beside, "beside")


def _write_new(path: Path, data: bytes) -> bool:
    """Write a file that is not there yet, whole or not at all; False where something has that name."""
    if os.path.lexists(path):
        return False
    making = path.with_name(f".{path.name}.{os.getpid()}.making")
    try:
        write_atomic(making, data)
        try:
            os.link(making, path)  # unlike a rename it never replaces what came there in the meantime
        except FileExistsError:
            return False
        except OSError:  # a file system without hard links
            if os.path.lexists(path):
                return False
            making.rename(path)
        return True
    finally:
        making.unlink(missing_ok=True)


def _released(folder: Path) -> dict[str, str]:
    try:
        content = json.loads((folder / RELEASED).read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {name: digest for name, digest in content.items() if isinstance(digest, str)}


def _same_release(notebook: Path, release: bytes) -> bool:
    """Whether a notebook whose release was not noted has the prose and the locked cells of this release."""
    try:
        mine = _fixed(json.loads(notebook.read_bytes()))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return False
    return mine == _fixed(json.loads(release))


def _fixed(notebook: dict[str, Any]) -> dict[str, str]:
    """The cells that no learner needs to change, by their ids."""
    return {
        str(cell["id"]): "".join(cell["source"])
        for cell in notebook["cells"]
        if "id" in cell and (cell["cell_type"] == "markdown" or cell["metadata"].get("nbgrader", {}).get("locked"))
    }


def jupyter_command(folder: Path, browser: bool, more: Sequence[str] = ()) -> list[str]:
    """The command that opens JupyterLab in `folder`. Raises CannotStart where it is not installed."""
    if find_spec("jupyterlab") is None:
        raise CannotStart(
            f"JupyterLab is not installed in this environment: {sys.executable} -m pip install 'jupyterlab>=4.2,<5' "
            f"(the notebooks are in {folder}; tl start --no-lab only copies)"
        )
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder.resolve()}"]
    if not browser:
        command.append("--no-browser")
    # Jupyter refuses to run as root unless told; in a container root is often the only user there is.
    if hasattr(os, "geteuid") and os.geteuid() == 0 and "--allow-root" not in more:
        command.append("--allow-root")
    return [*command, *more]


def jupyter_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` with `SETTINGS` before all other places of Jupyter's settings."""
    others = environment.get("JUPYTER_CONFIG_PATH")
    paths = [str(SETTINGS), *([others] if others else [])]
    return {**environment, "JUPYTER_CONFIG_PATH": os.pathsep.join(paths)}


def open_jupyter(command: list[str]) -> int:
    """Run JupyterLab until it is ended; its exit status. Where that can be, this process becomes JupyterLab.

    Raises CannotStart.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        own_places, said = elsewhere(os.environ)
    except OSError as error:
        raise CannotStart(f"JupyterLab can keep its files neither in your home nor elsewhere: {error}") from None
    if said:
        print(said, file=sys.stderr, flush=True)
    environment = jupyter_environment({**os.environ, **own_places})
    if os.name == "posix":
        os.execve(command[0], command, environment)
    process = subprocess.Popen(command, env=environment)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is Jupyter's question to answer
    return process.wait()
