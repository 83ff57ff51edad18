"""What `tl doctor` looks at: all that a notebook shows of its machine, and what matters for grading."""

import sys
from collections.abc import Iterator
from pathlib import Path

from tlcore.machine import LOOKS as OF_A_NOTEBOOK
from tlcore.machine.finding import Finding, Look
from tlcore.machine.software import rights


def isolation() -> Iterator[Finding]:
    """How well learners' code can be locked in here; it matters for grading other people's work only."""
    if sys.platform != "linux":
        import platform

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


LOOKS: tuple[Look, ...] = (*(look for look in OF_A_NOTEBOOK if look is not rights), isolation, locks, kept_values)
"""In a grader's place, isolation is how strangers' code can be locked in, and not the rights of one's own."""
