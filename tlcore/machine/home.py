"""A home in which nothing can be written, read-only or over its quota: where Jupyter keeps its files then."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tlcore.machine.hardware import why_not_writable

PLACES = {
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_RUNTIME_DIR": "runtime",
    "IPYTHONDIR": "ipython",
    "MPLCONFIGDIR": "matplotlib",
}
"""What JupyterLab, IPython and matplotlib write, by the variable that names its folder. Kernels, which are only read,
stay where they are."""


def elsewhere(environment: Mapping[str, str]) -> tuple[dict[str, str], str | None]:
    """Variables for programs that want to write in the home, and a sentence on them; nothing where it can be written.

    The new places are in a temporary folder that only this user can read. Raises OSError where none can be made.
    """
    home = Path.home()
    why = why_not_writable(home)
    missing = {name: folder for name, folder in PLACES.items() if not environment.get(name)}
    if why is None or not missing:
        return {}, None
    base = Path(tempfile.mkdtemp(prefix="tl-home-"))
    chosen = {name: str(base / folder) for name, folder in missing.items()}
    for folder in chosen.values():
        os.mkdir(folder, 0o700)
    said = (
        f"nothing can be saved in your home {home} ({why}): JupyterLab keeps its own files in {base} for now; "
        "your notebooks are not affected"
    )
    return chosen, said


@contextmanager
def without_ipythons_warning() -> Iterator[None]:
    """Within, IPython says nothing about a home that cannot be written: a line of ours says it, with what to do."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "IPython (parent|dir)")
        yield
