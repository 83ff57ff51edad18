"""Run `tl` as on another system: `python foreign.py darwin|win32 ARGUMENT...`.

This project's modules see that system's name, and cannot import what it lacks. The other packages are imported before,
as themselves: they know their own ways on each system.
"""

import builtins
import os
import sys

LACKS = {
    "darwin": {"landlockpy", "pyseccomp"},
    "win32": {"landlockpy", "pyseccomp", "fcntl", "resource", "pwd", "grp", "termios", "pty"},
}

FUNCTIONS_LACKING = {
    "darwin": {"pidfd_open", "sched_getaffinity", "sched_setaffinity", "unshare", "memfd_create", "O_PATH"},
    "win32": {
        *("fork", "killpg", "setsid", "geteuid", "getuid", "getpgid", "setpgid", "nice", "mkfifo", "chown", "statvfs"),
        *("pidfd_open", "sched_getaffinity", "sched_setaffinity", "unshare", "memfd_create", "O_PATH"),
        *("O_NOFOLLOW", "O_DIRECTORY", "O_CLOEXEC", "fchmod", "setresuid", "setgroups", "waitid"),
    },
}
"""Of the module os; O_NONBLOCK stays, which filelock needs here."""


def main() -> None:
    system = sys.argv.pop(1)
    import asyncio
    import multiprocessing.util  # noqa: F401

    import filelock
    import jupytext
    import matplotlib.figure
    import peft
    import platformdirs
    import rich.console
    import rich.progress
    import torch
    import transformers.models.resnet.modeling_resnet
    import typer

    assert all((asyncio, filelock, jupytext, matplotlib, peft, platformdirs, rich, torch, transformers, typer))
    real = builtins.__import__

    def guarded(name, names=None, *more, **options):
        importer = (names or {}).get("__name__", "")
        if name.split(".")[0] in LACKS[system] and importer.split(".")[0] in ("grader", "tlcore"):
            raise ModuleNotFoundError(f"{importer} imports {name}, which {system} lacks", name=name)
        return real(name, names, *more, **options)

    builtins.__import__ = guarded
    sys.platform = system
    for name in FUNCTIONS_LACKING[system]:
        vars(os).pop(name, None)
    from grader.cli import main as tl

    tl()


if __name__ == "__main__":
    main()
