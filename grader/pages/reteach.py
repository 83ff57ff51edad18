"""What to teach again: the wrong ideas that cost the class most, one of each question.

The rank of an idea is the points that its holders lost at its question, added up: an idea that many hold comes before
one that few hold, and one that costs a whole question before one that costs a detail. A point is five minutes of a
learner's work. An answer in which two ideas were found shares its loss between them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from .questions import Idea, Question

FEWEST = 2
"""What one learner alone believes is said to that learner, not to the class."""


@dataclass(frozen=True)
class Again:
    """An idea to teach again, its question, and how many other ideas were recognised there."""

    question: Question
    idea: Idea
    others: int

    @property
    def share(self) -> float:
        """The share that holds it of those who answered the question."""
        return len(self.idea.holders) / self.question.answered if self.question.answered else 0.0


def to_teach_again(questions: Iterable[Question], most: int = 3) -> list[Again]:
    """The first `most`, the costliest first; ties go to the idea that more hold, then to the earlier question."""
    found = []
    for question in questions:
        held = [idea for idea in question.ideas.values() if len(idea.holders) >= FEWEST]
        if held:
            costliest = min(held, key=lambda idea: (-idea.lost, -len(idea.holders), idea.label))
            found.append(Again(question, costliest, len(question.ideas) - 1))
    found.sort(key=lambda each: (-each.idea.lost, -len(each.idea.holders), each.question.exercise, each.question.place))
    return found[:most]
