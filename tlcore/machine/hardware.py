"""Cores, memory, an accelerator, and disks."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tlcore.machine.file_system import kind_of
from tlcore.machine.finding import Finding
from tlcore.machine.quota import quota_of

GIB = 2**30
ENOUGH_MEMORY = 2 * GIB
"""What one notebook's kernel with torch and transformers takes, and room for a browser beside it."""
ENOUGH_DISK = GIB // 2
"""Room for saved notebooks, their checkpoints and small models; the packages are installed already."""
NOT_NEEDED = "every exercise is made for a processor core"
TRIAL = 2**20
"""Bytes written to see whether a disk takes them: a quota that nobody tells shows only then."""


def usable_cores() -> int:
    """The cores that this process may use, which a batch system can make fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def cores() -> Iterator[Finding]:
    """How many cores can be used."""
    usable = usable_cores()
    yield Finding("cores", "fine", f"{usable} usable of {os.cpu_count() or usable}")


def memory() -> Iterator[Finding]:
    """Free memory, or what a control group leaves of it."""
    import psutil

    total, free = psutil.virtual_memory().total, psutil.virtual_memory().available
    limit = _group_limit()
    if limit is not None and limit < total:
        total, free = limit, min(free, limit)
    found = f"{free / GIB:.1f} of {total / GIB:.1f} GiB free"
    if free >= ENOUGH_MEMORY:
        yield Finding("memory", "fine", found)
    else:
        advice = "close other programs, or ask the batch system for more; a notebook here needs up to 2 GiB"
        yield Finding("memory", "note", found, advice)


def accelerator() -> Iterator[Finding]:
    """Whether torch works, and what beside the processor it can compute on."""
    try:
        import torch
    except (ImportError, OSError) as error:  # OSError: a shared library of torch does not load
        advice = "run make setup in the checkout, or install the bundle again: both install a torch that fits"
        yield Finding("accelerator", "problem", f"torch cannot be imported: {error}", advice)
        return
    if torch.cuda.is_available():
        yield Finding("accelerator", "fine", f"CUDA: {torch.cuda.get_device_name(0)}, not needed: {NOT_NEEDED}")
    elif torch.backends.mps.is_available():
        yield Finding("accelerator", "fine", f"Apple MPS, not needed: {NOT_NEEDED}")
    else:
        yield Finding("accelerator", "fine", f"none, and none is needed: {NOT_NEEDED}")


def disk() -> Iterator[Finding]:
    """Whether this folder and the home folder take files, and how much room they have."""
    for name, folder in (("this folder", Path.cwd()), ("home folder", Path.home())):
        why = why_not_writable(folder)
        if why is not None:
            advice = "work in a folder of your own; if the disk or your quota is full, delete what you do not need"
            status = "problem" if name == "this folder" else "note"
            yield Finding(name, status, f"{folder}: nothing can be saved ({why})", advice)
            continue
        free, quota = shutil.disk_usage(folder).free, quota_of(folder)
        kind = kind_of(folder)
        found = f"{folder}: can be written, {free / GIB:.1f} GiB free on its disk{f' ({kind})' if kind else ''}"
        if quota is not None:
            found += f", {quota.used / GIB:.1f} of {quota.allowed / GIB:.1f} GiB of your quota used"
        if free >= ENOUGH_DISK and not (quota and quota.nearly_full):
            yield Finding(name, "fine", found)
        else:
            advice = "delete what you do not need, or work in a folder on another disk"
            yield Finding(name, "note", found, advice)


def why_not_writable(folder: Path) -> str | None:
    """Why a file of one MiB cannot be written into a folder, or None where it can; the file is gone afterwards."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(TRIAL))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return error.strerror or type(error).__name__
    return None


def _group_limit() -> int | None:
    """The memory limit of the control group (version 2, then 1) in bytes, or None where there is none."""
    for name in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            return int(Path(name).read_text())
        except (OSError, ValueError):  # not there, or "max"
            continue
    return None
