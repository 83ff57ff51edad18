"""Started as real root: give up root, keep sight of the interpreter, become another program.

    python drop.py '{"uid": 61000, "gid": 61000, "paths": ["/opt/python", ...]}' PROGRAM ARGUMENT...

Python may live where only root can look (under root's own 0700 home). In a mount namespace of its own, every folder on
the way that the new user may not enter is covered by an empty one, with the needed paths bound back to where they were.
Then user and group change for good. A script of its own, so that the grader, which may have threads, never forks.
"""

import ctypes
import json
import os
import stat
import sys

_CLONE_NEWNS = 0x00020000
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 0x40000


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _mount(source: str, target: str, kind: str | None, flags: int, data: str | None) -> None:
    arguments = [word.encode() if word else None for word in (source, target, kind)]
    if _libc().mount(*arguments, ctypes.c_ulong(flags), data.encode() if data else None) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"mount on {target}: {os.strerror(code)}")


def first_closed_folder(path: str) -> str | None:
    """The topmost folder on the way to `path` that a stranger may not enter, or None."""
    folder = ""
    for part in path.strip("/").split("/")[:-1]:
        folder += "/" + part
        if not os.stat(folder).st_mode & stat.S_IXOTH:
            return folder
    return None


def open_the_way(paths: list[str]) -> None:
    """Make `paths` reachable for everybody, in this process's private view of the file system."""
    covered: dict[str, list[str]] = {}
    for path in map(os.path.realpath, paths):
        folder = first_closed_folder(path)
        if folder is not None:
            covered.setdefault(folder, []).append(path)
    if not covered:
        return
    if _libc().unshare(_CLONE_NEWNS) != 0:
        raise OSError(ctypes.get_errno(), "no private mount namespace, although running as root")
    _mount("none", "/", None, _MS_REC | _MS_PRIVATE, None)
    # Held open before anything is covered, and in the new namespace: only its own mounts can be bound in it.
    held = {path: os.open(path, os.O_PATH) for needed in covered.values() for path in needed}
    strict = os.umask(0o022)  # a grader's own may close the folders that are made here
    for folder, needed in covered.items():
        _mount("tmpfs", folder, "tmpfs", 0, "mode=0755,size=1m")
        for path in sorted(set(needed)):
            descriptor = held[path]
            if os.path.exists(path):
                continue  # came with a tree above it
            if stat.S_ISDIR(os.fstat(descriptor).st_mode):
                os.makedirs(path)
            else:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
            _mount(f"/proc/self/fd/{descriptor}", path, None, _MS_BIND | _MS_REC, None)
    os.umask(strict)
    for descriptor in held.values():
        os.close(descriptor)


def main() -> None:
    """See the module's docstring; a failure is printed and ends with status 1."""
    plan, program = json.loads(sys.argv[1]), sys.argv[2:]
    try:
        os.chdir("/")
        open_the_way(plan["paths"])
        os.setgroups([])
        os.setresgid(plan["gid"], plan["gid"], plan["gid"])
        os.setresuid(plan["uid"], plan["uid"], plan["uid"])
        os.execv(program[0], program)
    except OSError as error:
        sys.exit(f"giving up root: {error}")


if __name__ == "__main__":
    main()
