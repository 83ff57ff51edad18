"""What a platform says of one file: who handed it in, when, and as which attempt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from grader.collecting.download import Download, Member


@dataclass(frozen=True)
class Person:
    """Somebody as the platform names them."""

    name: str
    """The platform's own text: a name, or the name of a folder."""
    id: str | None = None
    """The platform's number of the person."""
    email: str | None = None
    lasting: bool = True
    """Whether the number is the same in another assignment."""

    @property
    def key(self) -> str:
        """What tells this person from all others of the platform."""
        return f"id {self.id}" if self.id and self.lasting else f"name {self.name}"


@dataclass(frozen=True)
class HandedIn:
    """One file that was handed in."""

    people: tuple[Person, ...]
    """One, or a group that handed in together."""
    member: Member
    path: str
    """The file as the learner named it, with its folders in what they handed in."""
    attempt: int | None = None
    newer: int | None = None
    """What is larger in a newer attempt; None where the platform does not tell."""
    handed_in: str | None = None
    """When, in ISO 8601, where the platform tells."""
    late: bool | None = None


@dataclass
class Listed:
    """All files of a download with whose they are, and the files that are nobody's."""

    files: list[HandedIn] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)


class Layout(Protocol):
    """How one platform lays out a download."""

    NAME: str

    def fits(self, download: Download) -> bool:
        """Whether the download looks like this platform's."""
        ...

    def listed(self, download: Download, exercises: Sequence[str]) -> Listed:
        """Its files. Raises CollectError where the download is this platform's, and damaged."""
        ...
