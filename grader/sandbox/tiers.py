"""The three tiers of isolation and the error for a tier that cannot be had."""

import enum


class Tier(enum.Enum):
    """How much protects the grader from learner code, weakest first in comparisons.

    - full: own user, mount, pid, network, ipc and uts namespaces (bwrap and nested), Landlock, seccomp, limits;
    - reduced: Landlock, seccomp and limits round an ordinary process; for machines without user namespaces;
    - none: limits only; for a learner's own code on a learner's own machine.
    """

    FULL = "full"
    REDUCED = "reduced"
    NONE = "none"

    @property
    def strength(self) -> int:
        """0 for none, 1 for reduced, 2 for full."""
        return (Tier.NONE, Tier.REDUCED, Tier.FULL).index(self)

    def __lt__(self, other: "Tier") -> bool:
        return self.strength < other.strength


class SandboxUnavailable(RuntimeError):
    """The tier asked for cannot be had on this machine; the message says why and how to get it."""


class SandboxError(RuntimeError):
    """The sandbox failed as infrastructure: a fork server did not start or kept dying. Never a learner's fault."""
