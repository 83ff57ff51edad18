"""How a question is told to its learner: one cause shown once, what repeats it folded away."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from grader.results.record import Behaviour, QuestionResult

from . import said

OPEN = 2
"""So many failed behaviours at most are shown open, each for a cause of its own."""


@dataclass(frozen=True)
class Told:
    """A behaviour, with its message as the page says it, and whether it is shown open."""

    behaviour: Behaviour
    message: str
    open: bool


def told(result: QuestionResult) -> list[Told]:
    """The behaviours of a question in their order.

    Those that failed for one cause look much alike: the first of them is open. One recognised idea is one cause;
    otherwise messages of one shape are.
    """
    causes: list[str] = []
    found = []
    for behaviour in result.behaviours:
        opened = False
        if not behaviour.passed and len(causes) < OPEN:
            cause = "one idea" if len(result.misconceptions) == 1 else said.shape(behaviour.message)
            opened = cause not in causes
            causes += [cause] if opened else []
        found.append(Told(behaviour, without_pair(behaviour.message, behaviour), opened))
    return found


def headline(result: QuestionResult) -> str:
    """The message above everything else; its numbers are left out if they stand beside each other below."""
    for each in told(result):
        if each.open and each.behaviour.message == result.message:
            return each.message
    return result.message


def without_pair(message: str, behaviour: Behaviour) -> str:
    """`message` without "expected ...; observed ..." if that is what the two boxes below hold."""
    repeated = f": expected {behaviour.expected}; observed {behaviour.observed}."
    return message.replace(repeated, ".", 1) if behaviour.observed and behaviour.expected else message


def round_of(seed: str) -> str:
    """A short name for the hidden inputs that were drawn: alike for all who had the same.

    It is a digest: whoever knows the seed itself could draw the inputs.
    """
    return hashlib.sha256(f"round {seed}".encode()).hexdigest()[:6] if seed else ""


def day(graded_at: str) -> str:
    """`2026-11-27T09:30:00+00:00` -> `27 November 2026`; empty for what is no date."""
    try:
        when = datetime.fromisoformat(graded_at)
    except ValueError:
        return ""
    return f"{when.day} {when:%B %Y}"
