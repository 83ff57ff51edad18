"""What this machine offers, looked at piece by piece for `tl doctor`."""

import os
import platform
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

#: Memory that one notebook's kernel with torch and transformers takes, and room for a browser beside it.
ENOUGH_MEMORY = 2 * 2**30
#: The packages that carry the subject; the others are named only where something is wrong with them.
SHOWN = (
    "torch",
    "transformers",
    "peft",
    "numpy",
    "scikit-learn",
    "matplotlib",
    "jupyterlab",
    "nbgrader",
    "otter-grader",
)


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `status` is fine, note (worth knowing) or problem; `advice` says what to do about it."""

    name: str
    status: str
    found: str
    advice: str = ""


def python() -> Iterator[Finding]:
    """The interpreter."""
    found = f"{platform.python_version()} ({sys.executable}) on {platform.system()} {platform.machine()}"
    yield Finding("Python", "fine", found)  # pip refuses to install this package into an older one


def packages() -> Iterator[Finding]:
    """The versions that are installed against those that the project asks for."""
    from importlib.metadata import PackageNotFoundError, requires, version

    from packaging.requirements import Requirement

    mend = "run make setup in the checkout, or pip install -c constraints.txt -e ."
    for text in requires("tl-exercises") or ():
        wanted = Requirement(text)
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
            continue
        try:
            installed = version(wanted.name)
        except PackageNotFoundError:
            yield Finding(wanted.name, "problem", "not installed", mend)
            continue
        if not wanted.specifier.contains(installed, prereleases=True):
            yield Finding(wanted.name, "problem", f"{installed}, and {wanted.specifier} is needed", mend)
        elif wanted.name in SHOWN:
            yield Finding(wanted.name, "fine", installed)


def cores() -> Iterator[Finding]:
    """The cores that this process may use, which a batch system can make fewer than there are."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    yield Finding("cores", "fine", f"{usable} usable of {os.cpu_count() or usable}")


def memory() -> Iterator[Finding]:
    """Free memory, or what a control group leaves of it."""
    import psutil

    total, free = psutil.virtual_memory().total, psutil.virtual_memory().available
    limit = _group_limit()
    if limit is not None and limit < total:
        total, free = limit, min(free, limit)
    found = f"{free / 2**30:.1f} of {total / 2**30:.1f} GiB free"
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
        advice = "run make setup in the checkout; it installs a torch that fits"
        yield Finding("accelerator", "problem", f"torch cannot be imported: {error}", advice)
        return
    if torch.cuda.is_available():
        yield Finding("accelerator", "fine", f"CUDA: {torch.cuda.get_device_name(0)}")
    elif torch.backends.mps.is_available():
        yield Finding("accelerator", "fine", "Apple MPS")
    else:
        yield Finding("accelerator", "fine", "none; every exercise is made for a processor core")


def kernel() -> Iterator[Finding]:
    """The Jupyter kernel that the exercises ask for, and whether it runs in this environment."""
    mend = f"{sys.executable} -m ipykernel install --sys-prefix --name python3"
    try:
        from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
    except ImportError as error:
        advice = "run make setup in the checkout; tl check and tl progress work without Jupyter"
        yield Finding("Jupyter kernel", "problem", f"Jupyter cannot be imported: {error}", advice)
        return
    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        yield Finding("Jupyter kernel", "problem", "no kernel 'python3'", mend)
        return
    program = spec.argv[0]
    # Jupyter starts a bare `python` with the interpreter that it runs in itself.
    if program.startswith("python") or Path(program).parent == Path(sys.executable).parent:
        yield Finding("Jupyter kernel", "fine", f"python3 ({spec.display_name})")
    else:
        yield Finding("Jupyter kernel", "problem", f"python3 starts {program}, another environment", mend)


def isolation() -> Iterator[Finding]:
    """How well learners' code can be locked in here; it matters for grading other people's work only."""
    if sys.platform != "linux":
        found = f"none: {platform.system()} has no sandbox for it"
        yield Finding("isolation", "note", found, "your own notebooks work; grade other people's on Linux")
        return
    from ..sandbox import Tier, probe

    report = probe()
    found = report.best.value if report.available else "no tier works"
    if Tier.FULL in report.available:
        yield Finding("isolation", "fine", found)
        return
    reasons = "; ".join(f"{tier.value}: {reason}" for tier, reason in report.missing.items())
    yield Finding("isolation", "note", found, f"for grading other people's work: {reasons}")


def locks() -> Iterator[Finding]:
    """Whether the file systems of this folder and of a learner's progress can lock files; on clusters some cannot."""
    from ..locks import LEASE_SECONDS, why_no_locks
    from ..selfstudy.store import home

    without: list[str] = []
    for folder in (Path.cwd(), home().absolute()):
        there = next(place for place in (folder, *folder.parents) if place.is_dir())
        try:
            why = why_no_locks(there)
        except OSError:
            continue  # where no file can be made, nothing can be locked or written
        if why is not None:
            without.append(f"{there} ({why})")
    if not without:
        yield Finding("file locks", "fine", "work in this folder and where progress is kept")
        return
    advice = (
        "nothing has to be done: tl and nbgrader autograde keep a lease there instead. After a run that was killed on "
        f"another node, the next one waits {LEASE_SECONDS:g} seconds; choose an --out on another disk to avoid that"
    )
    yield Finding("file locks", "note", f"none in {', '.join(dict.fromkeys(without))}", advice)


def kept_values() -> Iterator[Finding]:
    """Where expected values are kept between runs. They may be removed at any time."""
    from .. import kept

    folder = kept.folder()
    if folder is None:
        advice = f"every run computes them; to keep them, set {kept.CACHE} to a folder of your own that can be written"
        yield Finding("kept values", "note", "none: there is no private folder for them", advice)
        return
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    yield Finding("kept values", "fine", f"{size / 2**20:.1f} MiB in {folder}")


def cluster() -> Iterator[Finding]:
    """Slurm and Open OnDemand, from the variables that they set in a job."""
    job = os.environ.get("SLURM_JOB_ID")
    if not job:
        yield Finding("cluster", "fine", "not in a Slurm job")
        return
    granted = [f"job {job}"]
    for name, unit in (("SLURM_CPUS_PER_TASK", "cores a task"), ("SLURM_CPUS_ON_NODE", "cores on this node")):
        if os.environ.get(name):
            unit = unit.replace("cores", "core", 1) if os.environ[name] == "1" else unit
            granted.append(f"{os.environ[name]} {unit}")
    if os.environ.get("SLURM_MEM_PER_NODE"):
        granted.append(f"{os.environ['SLURM_MEM_PER_NODE']} MiB")
    # Open OnDemand names the jobs of its interactive apps sys/dashboard/sys/jupyter or the like.
    interactive = re.match(r"(sys|usr|dev)/", os.environ.get("SLURM_JOB_NAME", ""))
    place = "Open OnDemand" if interactive else "Slurm"
    if os.environ.get("SLURM_CPUS_ON_NODE") == "1":
        yield Finding("cluster", "note", f"{place}: {', '.join(granted)}", "for grading a class ask for more cores")
    else:
        yield Finding("cluster", "fine", f"{place}: {', '.join(granted)}")


LOOKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    python,
    packages,
    cores,
    memory,
    accelerator,
    kernel,
    isolation,
    locks,
    kept_values,
    cluster,
)


def _group_limit() -> int | None:
    """The memory limit of the control group (version 2, then 1) in bytes, or None where there is none."""
    for name in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            return int(Path(name).read_text())
        except (OSError, ValueError):  # not there, or "max"
            continue
    return None
