"""The same machine as others see it: a copy of the checkout that everybody may read, and commands that lead elsewhere.

Each command is what to put before another one: `[*as_ordinary_user(folder), sys.executable, ...]`.
"""

import json
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from grader.sandbox.launch import unprivileged_uid
from grader.sandbox.visible import whats_visible

ROOT = Path(__file__).parents[2]
BWRAP = "/usr/bin/bwrap"


def copy_for_everybody(parts: Iterable[str], to: Path) -> None:
    """Copy these files and folders of the checkout, wherever it lies, to where everybody may read them."""
    for part in parts:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, to / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / part, to / part)
    for path in (to, *to.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def ordinary_uid(folder: Path) -> int | None:
    """The ordinary user that `as_ordinary_user` becomes, or None where this is one already."""
    return unprivileged_uid(_needed(folder))


def as_ordinary_user(folder: Path) -> list[str]:
    """Become an ordinary user who still sees `folder`, where this is root; nothing to do where it is not."""
    uid = ordinary_uid(folder)
    if uid is None:
        return []
    plan = json.dumps({"uid": uid, "gid": uid, "paths": _needed(folder)})
    drop = str(ROOT / "grader" / "sandbox" / "drop.py")
    return [sys.executable, drop, plan, "/usr/bin/env", "HOME=/nonexistent"]


def _needed(folder: Path) -> list[str]:
    return [*whats_visible().trees, str(Path(sys.prefix)), str(folder)]


def without_user_namespaces() -> list[str]:
    """The real thing: a process that the kernel refuses every further user namespace."""
    return [BWRAP, "--dev-bind", "/", "/", "--unshare-user", "--disable-userns"]


def in_a_container(*writable: Path, covered_proc: bool = False) -> list[str]:
    """All namespaces fresh, a read-only root, a /tmp of its own, and the `writable` folders.

    With `covered_proc` a part of /proc lies under a mount, as in most container engines and with bwrap as root; the
    kernel then allows no private /proc further in.
    """
    command = [BWRAP, "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--unshare-all"]
    if covered_proc:
        command += ["--tmpfs", "/proc/fs"]
    command += ["--tmpfs", "/tmp"]
    if Path(sys.prefix).is_relative_to("/tmp"):
        command += ["--ro-bind", sys.prefix, sys.prefix]
    return command + [word for path in writable for word in ("--bind", str(path), str(path))]
