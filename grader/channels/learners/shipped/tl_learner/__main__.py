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

from tlcore.machine import own_kernel
from tlcore.machine.own_kernel import CannotInstall, stamped

RELEASED = ".tl-released.json"
"""In your folder: the sha256 of each notebook as it was handed out."""


def main(arguments: list[str] | None = None) -> int:
    """Copy what is missing, say what was done, and open JupyterLab; the exit status."""
    parser = argparse.ArgumentParser("tl-learner", description="Put the notebooks into FOLDER and open JupyterLab.")
    parser.add_argument("folder", nargs="?", default="my-notebooks", type=Path, help="default: my-notebooks")
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
    new = not (given.folder / RELEASED).exists()
    try:
        release = {n.name: n.read_bytes() for n in notebooks()}
        lines = place(given.folder, release, stamped if given.kernel else None)
    except OSError as error:
        print(f"error: {given.folder} cannot be written ({error.strerror}): choose another folder", file=sys.stderr)
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


def place(folder: Path, release: dict[str, bytes], change: Callable[[bytes], bytes] | None = None) -> list[str]:
    """Copy notebooks into `folder`; a line on each. One that is there stays; a newer release is put beside it, once.

    change: what is done to a notebook on its way.
    """
    folder.mkdir(parents=True, exist_ok=True)
    noted = folder / RELEASED
    try:
        had = dict(json.loads(noted.read_bytes()))
    except (OSError, ValueError, TypeError):
        had = {}
    lines = []
    for name, data in release.items():
        digest = hashlib.sha256(data).hexdigest()
        data = change(data) if change else data
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
    """Write a file that is not there yet; False where something has that name."""
    try:
        with open(path, "xb") as file:
            file.write(data)
    except FileExistsError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
