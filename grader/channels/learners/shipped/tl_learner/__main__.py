"""`tl-learner [FOLDER]`: the notebooks in a folder of yours, where nothing that you wrote is ever overwritten."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Callable
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from tlcore.machine import own_copies, own_kernel
from tlcore.machine.home import elsewhere
from tlcore.machine.own_kernel import CannotInstall, stamped
from tlcore.machine.slow_start import slow_start

FOLDER = "my-notebooks"
RELEASED = ".tl-released.json"
"""In your folder: the sha256 of each notebook as it was handed out."""


class CannotCopy(Exception):
    """There is nothing to copy; the message says why, and what to do."""


def main(arguments: list[str] | None = None) -> int:
    """Copy what is missing, say what was done, and open JupyterLab; the exit status."""
    parser = argparse.ArgumentParser("tl-learner", description="Put the notebooks into FOLDER and open JupyterLab.")
    where = f"default: {FOLDER}; a shared folder with exercises, which you may only read, is copied there"
    parser.add_argument("folder", nargs="?", default=FOLDER, type=Path, help=where)
    copied = "copy the exercises of this folder, not those of this installation"
    parser.add_argument("--from", dest="shared", type=Path, metavar="SHARED", help=copied)
    parser.add_argument("--no-lab", action="store_true", help="only copy")
    own = "install a Jupyter kernel for this environment; the copies open with it in any JupyterLab"
    parser.add_argument("--kernel", action="store_true", help=own)
    parser.add_argument("--remove", action="store_true", help="with --kernel: take that kernel away again")
    given = parser.parse_args(arguments)
    if given.remove and not given.kernel:
        parser.error("--remove goes with --kernel: tl-learner --kernel --remove takes the kernel away")
    if given.kernel:
        try:
            print(change_kernel(given.remove))
        except CannotInstall as error:
            print(f"error: {error}", file=sys.stderr)
            return 2
        if given.remove:
            return 0
    if slow := slow_start():
        print(slow, file=sys.stderr)
    if given.shared is None and own_copies.is_shared(given.folder):
        given.shared, given.folder = given.folder, own_copies.own_place(FOLDER)
    if given.shared is not None:
        print(f"{given.shared} is shared: your own copies go to {given.folder}")
    new = not (given.folder / RELEASED).exists()
    try:
        release = originals(given.shared, stamped if given.kernel else None)
        lines = place(given.folder, release)
    except CannotCopy as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"error: {own_copies.why_not_written(given.folder, error)}", file=sys.stderr)
        return 2
    print("\n".join(lines))
    if given.kernel and any("yours, left" in line for line in lines):
        print("Yours may open with another kernel: choose this one in JupyterLab with Kernel > Change Kernel.")
    print(f"Your notebooks are in {given.folder.resolve()}: start tl-learner where you are now to come back to them.")
    if given.no_lab:
        return 0
    print("JupyterLab opens in your browser. To stop: save, then Ctrl-C twice in this terminal.")
    sys.stdout.flush()
    command = lab_command(given.folder, begin_with() if new else None)
    try:
        own_places, said = elsewhere(os.environ)
    except OSError as error:
        print(f"error: JupyterLab can keep its files neither in your home nor elsewhere: {error}", file=sys.stderr)
        return 2
    if said:
        print(said, file=sys.stderr, flush=True)
    os.environ.update(own_places)
    if os.name == "posix":
        os.execv(command[0], command)
    import subprocess

    return subprocess.call(command)


def change_kernel(remove: bool) -> str:
    """Install the kernel of this environment, or remove it; what was done. Raises CannotInstall."""
    if remove:
        gone = own_kernel.remove()
        return f"The kernel is removed: {gone}" if gone else "There was no kernel to remove."
    place, before = own_kernel.install()
    then = f" Until now it started {before}; now it starts {sys.executable}." if before else ""
    return f'The kernel "{own_kernel.SHOWN_AS}" is installed in {place}.{then}'


def begin_with() -> str | None:
    """The notebook to begin with, which looks at the machine first; None where this release has none."""
    return next((notebook.name for notebook in notebooks() if notebook.name.startswith("00_")), None)


def lab_command(folder: Path, notebook: str | None = None) -> list[str]:
    """What opens JupyterLab in `folder`, in this environment; with a notebook of that folder, if one is named."""
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder.resolve()}"]
    if notebook is not None:
        command.append(f"--LabApp.default_url=/lab/tree/{notebook}")
    # Jupyter refuses to run as root unless told; in a container root is often the only user there is.
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    return command


def notebooks() -> list:
    """The notebooks of this release, sorted by name."""
    found = (files(__package__) / "notebooks").iterdir()
    return sorted((n for n in found if n.name.endswith(".ipynb")), key=lambda n: n.name)


def originals(shared: Path | None, change: Callable[[bytes], bytes] | None) -> dict[str, tuple[str, bytes]]:
    """The notebooks of a shared folder, or of this release, by name: the digest of each, and what is copied.

    change: what is done to a notebook on its way. Raises CannotCopy.
    """
    sources = own_copies.exercises_in(shared) if shared else notebooks()
    if not sources and shared:
        raise CannotCopy(own_copies.why_not_read(shared))
    found = {}
    for source in sources:
        try:
            data = source.read_bytes()
            found[source.name] = (hashlib.sha256(data).hexdigest(), change(data) if change else data)
        except OSError as error:
            why = f"{source} cannot be read ({error.strerror})"
            raise CannotCopy(f"{why}: ask those who run the workshop to open it for you (chmod a+r)") from None
        except (ValueError, KeyError, TypeError):
            raise CannotCopy(f"{source} is not a notebook: tell those who run the workshop") from None
    return found


def place(folder: Path, release: dict[str, tuple[str, bytes]]) -> list[str]:
    """Copy notebooks into `folder`; a line on each. One that is there stays; a newer release is put beside it, once."""
    folder.mkdir(parents=True, exist_ok=True)
    noted = folder / RELEASED
    try:
        had = dict(json.loads(noted.read_bytes()))
    except (OSError, ValueError, TypeError):
        had = {}
    lines = []
    for name, (digest, data) in release.items():
        target = folder / name
        if _write_new(target, data):
            lines.append(f"{target}: copied")
        elif had.get(name) == digest or target.read_bytes() == data:
            lines.append(f"{target}: yours, left as it is")
        else:
            beside = target.with_name(f"{target.stem}-new-{version('tl-learner').replace('+', '-')}.ipynb")
            _write_new(beside, data)
            lines.append(f"{target}: yours, left as it is; the new release is {beside.name}")
        had[name] = digest
    making = noted.with_name(f"{RELEASED}.making")
    making.write_text(json.dumps(had, indent=1), encoding="utf-8")
    making.replace(noted)
    return lines


def _write_new(path: Path, data: bytes) -> bool:
    """Write a file that is not there yet, whole or not at all; False where something has that name."""
    if os.path.lexists(path):
        return False
    making = path.with_name(f".{path.name}.{os.getpid()}.making")
    try:
        making.write_bytes(data)  # a half of a notebook would count as somebody's work
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


if __name__ == "__main__":
    sys.exit(main())
