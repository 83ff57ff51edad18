"""The one list of what a sandbox shows: an allowlist of folders, and the names that stay closed inside them.

Learner code sees the system's libraries, the interpreter, the installed packages, `inside` (the sandbox's own code),
`remote` (the conversation) and the open part of `tlcore`. The last three are copied to a stage at the start, so the
checkout itself is never visible.
"""

import os
import site
import sys
import sysconfig
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from grader import kept

OPEN_IN_TLCORE = (
    "__init__",
    "check",
    "checkpoints",
    "checks",
    "data",
    "loading",
    "machine",
    "models",
    "plots",
    "predicting",
    "pretraining",
    "progress",
    "progress_widget",
    "stand_ins",
    "training",
)
"""Modules and folders of `tlcore` that learners and the sandbox see. What is not named here is closed."""

CLOSED_PACKAGES = ("grader",)
"""Packages of this distribution that are closed as a whole."""

STAGE_IN_SANDBOX = "/opt/tl"
"""Where the stage appears in the full tier."""

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
ETC_FILES = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime")


@dataclass(frozen=True)
class Visible:
    """`trees`: folders shown read-only at their own paths; `closed`: what stays hidden where it lies within one;
    `interpreter`: the Python that runs inside; `packages`: its package folders, in order of search."""

    trees: tuple[str, ...]
    closed: tuple[str, ...]
    interpreter: str
    packages: tuple[str, ...] = field(default=())

    def closed_within(self, tree: str) -> list[str]:
        """The closed paths that lie in `tree` and are not shown again by a deeper tree of their own."""
        return [path for path in self.closed if path == tree or path.startswith(tree.rstrip("/") + "/")]

    def _leads_to_closed(self, link: str) -> bool:
        target = Path(link).resolve()
        return any(target.is_relative_to(path) for path in self.closed)

    def readable_and_listable(self) -> tuple[list[str], list[str]]:
        """The trees for Landlock, which only ever adds: a tree with something closed in it is given child by child.

        The folders on the way to a closed part can be listed, so that imports from them work; nothing closed is read.
        """
        readable: list[str] = []
        listable: list[str] = []
        waiting = list(self.trees)
        while waiting:
            tree = waiting.pop()
            if tree in self.closed or (Path(tree).is_symlink() and self._leads_to_closed(tree)):
                continue
            if self.closed_within(tree):
                listable.append(tree)
                waiting += [str(child) for child in Path(tree).iterdir()]
            else:
                readable.append(tree)
        return readable, listable


def is_open(name: str) -> bool:
    """Whether a file or folder directly in `tlcore` is one that learners and the sandbox see."""
    return name.removesuffix(".py") in OPEN_IN_TLCORE


def whats_visible() -> Visible:
    """What this interpreter's sandbox shows. RuntimeError where that cannot be kept apart from what is closed."""
    interpreter = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    prefix = Path(sys.base_prefix).resolve()
    packages = _package_folders()
    trees = [*SYSTEM, *ETC_FILES, str(prefix), *packages]
    if not interpreter.is_relative_to(prefix):
        trees.append(str(interpreter))
    home = Path(os.path.expanduser("~")).resolve()
    if prefix == Path("/") or (home != Path("/") and home.is_relative_to(prefix)):
        raise RuntimeError(f"Python is installed in {prefix}, which holds more than Python; use one of its own folder")
    existing = [tree for tree in dict.fromkeys(trees) if Path(tree).exists()]
    return Visible(tuple(existing), tuple(sorted(_closed(packages, prefix))), str(interpreter), tuple(packages))


def _package_folders() -> list[str]:
    """Folders that installed packages are imported from, in order of search."""
    candidates = [*sys.path, sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    if site.ENABLE_USER_SITE:
        candidates.append(site.getusersitepackages())
    folders = [str(Path(path).resolve()) for path in candidates if path.rstrip("/").endswith(("-packages",))]
    return [folder for folder in dict.fromkeys(folders) if Path(folder).is_dir()]


def _closed(packages: list[str], prefix: Path) -> set[str]:
    """Every place where this distribution's closed parts, or the checkout they come from, lie on this machine."""
    closed: set[Path] = set()
    roots = {Path(folder) for folder in packages} | set(prefix.glob("lib/python*/*-packages"))
    here = Path(__file__).resolve().parents[2]
    roots.add(here)
    tlcore = find_spec("tlcore")
    for place in (tlcore.submodule_search_locations or []) if tlcore else []:
        roots.add(Path(place).resolve().parent)
    for root in roots:
        closed |= {root / name for name in CLOSED_PACKAGES if (root / name).exists()}
        if (root / "tlcore").is_dir():
            closed |= {path for path in (root / "tlcore").iterdir() if not is_open(path.name)}
    if (here / "pyproject.toml").exists():
        closed.add(here)  # a checkout: solutions, tests and answers too
    if (expected := kept.folder()) is not None:
        closed.add(expected.resolve())  # expected values, should somebody keep them among the packages
    return {str(path) for path in closed}
