"""Which tiers work here: each is really tried, by starting a bare fork server in it and one session."""

import functools
import importlib
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox.inside.limits import Limits
from grader.sandbox.tiers import SandboxError, SandboxUnavailable, Tier

_SMALL = Limits(cpu_seconds=10)
_SWITCHES = (
    ("/proc/sys/kernel/unprivileged_userns_clone", "0", "sysctl kernel.unprivileged_userns_clone=1"),
    (
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "sysctl kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    ("/proc/sys/user/max_user_namespaces", "0", "sysctl user.max_user_namespaces=15000"),
)


@dataclass(frozen=True)
class Probe:
    """What works here. `missing` gives for each tier that does not the reason and the way to get it."""

    available: tuple[Tier, ...]
    missing: dict[Tier, str]

    @property
    def best(self) -> Tier:
        """The strongest tier that works."""
        return max(self.available, key=lambda tier: tier.strength)


def probe() -> Probe:
    """Try all three tiers (about a second)."""
    missing = {tier: reason for tier in Tier if (reason := why_not(tier)) is not None}
    return Probe(tuple(tier for tier in Tier if tier not in missing), missing)


def choose(isolation: str) -> Tier:
    """The tier for what was asked ("full", "reduced", "none" or "best"); raises SandboxUnavailable.

    A weaker tier is never taken unless "best" was asked for.
    """
    if isolation != "best":
        tier = Tier(isolation)
        reason = why_not(tier)
        if reason is None:
            return tier
        weaker = [other for other in Tier if other < tier and why_not(other) is None]
        instead = f" What works here: --isolation {weaker[0].value}." if weaker else ""
        raise SandboxUnavailable(f"isolation {tier.value!r} is not available on this machine: {reason}.{instead}")
    reasons = []
    for tier in Tier:
        reason = why_not(tier)
        if reason is None:
            return tier
        reasons.append(f"{tier.value}: {reason}")
    raise SandboxUnavailable("no tier of isolation works here: " + "; ".join(reasons))


@functools.cache
def why_not(tier: Tier) -> str | None:
    """Why `tier` cannot be had here and how to get it, or None where it works. Asked once a process."""
    if tier is Tier.NONE:
        return None  # nothing protects, so nothing can be missing; what does not start will say so itself
    known = _known_obstacle(tier)
    if known is not None:
        return known
    failure = _try(tier)
    if failure is None:
        return None
    return failure + (_advice(failure) if tier is Tier.FULL else "")


def _known_obstacle(tier: Tier) -> str | None:
    if sys.platform != "linux":
        return f"it needs Linux, this is {sys.platform}; grade other people's work on a Linux machine"
    for module, package in (("landlockpy", "landlockpy"), ("pyseccomp", "pyseccomp and libseccomp2")):
        try:
            importlib.import_module(module)
        except (ImportError, RuntimeError, OSError) as error:
            return f"{module} does not load ({error}); install {package}"
    from grader.sandbox.inside import barriers

    landlock = barriers.landlock_problem()
    if landlock is not None:
        return f"{landlock}; ask the administrator for a newer kernel"
    if tier is Tier.FULL and shutil.which("bwrap") is None:
        return "bwrap is not installed; install it with: apt-get install bubblewrap (or your system's package)"
    return None


def _try(tier: Tier) -> str | None:
    from grader.sandbox.fork_server import ForkServer

    try:
        fork_server = ForkServer(tier, (), "inside.probing:serve", ())
    except SandboxError as error:
        return str(error)
    try:
        with fork_server.fork(1, _SMALL) as session:
            fate = session.fate(20)
            return None if fate.kind == "exited" and fate.code == 0 else f"a trial session ended badly: {fate}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        fork_server.close()


def _advice(failure: str) -> str:
    """What to do about a full tier that failed with `failure`."""
    for path, off, remedy in _SWITCHES:
        try:
            value = Path(path).read_text().strip()
        except OSError:
            continue
        if value == off:
            return f" (user namespaces are switched off; an administrator can turn them on with: {remedy})"
    if "mount proc" in failure:
        return (
            " (this is a container that covers parts of /proc, so the kernel allows no private one; start it with an"
            " uncovered /proc: docker run --security-opt systempaths=unconfined, podman run --security-opt unmask=ALL)"
        )
    return (
        " (user namespaces are needed; in a container or on a managed node ask the administrator to allow unprivileged"
        " user namespaces)"
    )
