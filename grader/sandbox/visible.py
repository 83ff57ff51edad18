"""The one list of what a sandbox shows: an allowlist of folders, and the names that stay closed inside them.

Learner code sees the system's libraries, the interpreter, the installed packages, `inside` (the sandbox's own code) and
the open part of `tlcore`. The last two are copied to a stage at the start, so the checkout itself is never visible.
"""

import os
import shutil
import site
import sys
import sysconfig
import tempfile
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

CLOSED_IN_TLCORE = ("reference", "misconceptions")
"""Parts of `tlcore` that neither learners nor the sandbox ever see."""

CLOSED_PACKAGES = ("grader",)
"""Packages of this distribution that are closed as a whole."""

STAGE_IN_SANDBOX = "/opt/tl"
"""Where the stage appears in the full tier."""

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
ETC_FILES = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime")

_SMALL_ETC = {
    "passwd": "learner:x:1000:1000:learner:/tmp/home:/bin/sh\n",
    "group": "learner:x:1000:\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "hosts": "127.0.0.1 localhost\n",
}


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
        closed |= {path for name in CLOSED_IN_TLCORE if (path := root / "tlcore" / name).exists()}
    if (here / "pyproject.toml").exists():
        closed.add(here)  # a checkout: solutions, tests and answers too
    return {str(path) for path in closed}


def build_stage(extra: tuple[Path, ...] = ()) -> Path:
    """Copy `inside`, the open part of `tlcore` and `extra` modules to a new private folder; the caller removes it.

    Layout: `tl/` (importable), `etc/` (a minimal /etc), `scratch/` (sessions of the reduced tier). Raises RuntimeError
    naming the files that could not be read.
    """
    stage = Path(tempfile.mkdtemp(prefix="tl-stage-"))
    try:
        _fill(stage, extra)
    except shutil.Error as error:
        shutil.rmtree(stage, ignore_errors=True)
        unreadable = ", ".join(str(source) for source, _copy, _why in error.args[0])
        raise RuntimeError(f"these files of the package cannot be read; make them readable: {unreadable}") from error
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise
    return stage


def _fill(stage: Path, extra: tuple[Path, ...]) -> None:
    for folder in ("tl", "etc", "scratch"):
        (stage / folder).mkdir()
    tidy = shutil.ignore_patterns("__pycache__", ".*")
    shutil.copytree(Path(__file__).parent / "inside", stage / "tl" / "inside", ignore=tidy)
    tlcore = find_spec("tlcore")
    places = list(tlcore.submodule_search_locations or []) if tlcore else []
    if places:
        source = places[0]

        def closed_or_untidy(folder: str, names: list[str]) -> set[str]:
            at_the_top = names if Path(folder) == Path(source) else []
            return set(tidy(folder, names)) | {name for name in at_the_top if name.split(".")[0] in CLOSED_IN_TLCORE}

        shutil.copytree(source, stage / "tl" / "tlcore", ignore=closed_or_untidy)
    for module in extra:
        shutil.copy(module, stage / "tl" / module.name)
    for name, text in _SMALL_ETC.items():
        (stage / "etc" / name).write_text(text)
    for name in ETC_FILES:  # bwrap needs something to bind them on
        path = stage / "etc" / Path(name).name
        path.mkdir() if Path(name).is_dir() else path.touch()
    for path in (stage, *stage.rglob("*")):  # the user that root becomes must be able to read them
        path.chmod(0o755 if path.is_dir() else 0o644)
