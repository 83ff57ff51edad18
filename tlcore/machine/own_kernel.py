"""A kernel of Jupyter for the environment that this runs in: a notebook opens where the exercises are installed.

A JupyterLab of another installation, such as the one that a cluster's portal starts, finds it in the user's own folder
and lists it by its name. Documentation: https://ipython.readthedocs.io/en/stable/install/kernel_install.html
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from tlcore.machine.home import without_ipythons_warning

NAME = "transfer-learning"
"""The kernel's name, in the notebooks that are made for it and as the name of its folder."""
SHOWN_AS = "Transfer learning (exercises)"
"""What JupyterLab's menus call it."""


class CannotInstall(Exception):
    """The kernel cannot be installed or removed; the message says why, and what to do."""


def install() -> tuple[Path, str | None]:
    """Install the kernel for this user, as often as one likes.

    Returns its folder, and the interpreter that it started before if that was another one. Raises CannotInstall.
    """
    from ipykernel.kernelspec import install as install_kernel

    folder = _folder()
    before = interpreter()
    try:
        with without_ipythons_warning():
            install_kernel(user=True, kernel_name=NAME, display_name=SHOWN_AS)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise CannotInstall(
            f"the kernel cannot be installed in {folder} ({why}): if your home is full, delete what you do not need; "
            "if it cannot be written at all, set JUPYTER_DATA_DIR to a folder that can, here and where JupyterLab "
            "is started"
        ) from None
    return folder, before if before != sys.executable else None


def remove() -> Path | None:
    """Take the kernel away again. Returns its folder, or None where there was none. Raises CannotInstall."""
    folder = _folder()
    if not folder.exists():
        return None
    try:
        shutil.rmtree(folder)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise CannotInstall(f"the kernel cannot be removed ({why}): delete the folder {folder} yourself") from None
    return folder


def interpreter() -> str | None:
    """The interpreter that the installed kernel starts, or None where it is not installed."""
    try:
        return str(json.loads((_folder() / "kernel.json").read_bytes())["argv"][0])
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        return None


def stamped(notebook: bytes) -> bytes:
    """The notebook, to be opened with this kernel: nobody has to pick one by hand."""
    content = json.loads(notebook)
    content["metadata"]["kernelspec"] = {"display_name": SHOWN_AS, "language": "python", "name": NAME}
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def _folder() -> Path:
    from jupyter_core.paths import jupyter_data_dir

    return Path(jupyter_data_dir()) / "kernels" / NAME
