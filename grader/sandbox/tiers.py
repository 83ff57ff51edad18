"""The three tiers of isolation and the error for a tier that cannot be had."""

from enum import StrEnum


class Tier(StrEnum):
    """How much protects the grader from learner code; compared by strength, `none` being the weakest.

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

    @property
    def words(self) -> str:
        """What it does, for the pages."""
        return _WORDS[self]

    # A text has an order of its own, the alphabet's.
    def __lt__(self, other: str) -> bool:
        return self.strength < Tier(other).strength

    def __le__(self, other: str) -> bool:
        return self.strength <= Tier(other).strength

    def __gt__(self, other: str) -> bool:
        return self.strength > Tier(other).strength

    def __ge__(self, other: str) -> bool:
        return self.strength >= Tier(other).strength


_WORDS = {
    Tier.FULL: "own namespaces, no network, system calls filtered, resources limited",
    Tier.REDUCED: "files and system calls restricted and resources limited, without namespaces",
    Tier.NONE: "no isolation: for one's own code only",
}


class SandboxUnavailable(RuntimeError):
    """The tier asked for cannot be had on this machine; the message says why and how to get it."""


class SandboxError(RuntimeError):
    """The sandbox failed as infrastructure: a fork server did not start or kept dying. Never a learner's fault."""
