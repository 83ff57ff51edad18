"""What a check of one's own notebook gives. Light: no torch."""

from dataclasses import dataclass, field
from pathlib import Path

from grader.exercise.model import Exercise

from ..results import QuestionResult, SubmissionResult
from ..results.status import Status
from .progress import NEARLY


@dataclass
class Hint:
    """A hint to show: the `number`-th `of` so many, as Markdown."""

    number: int
    of: int
    text: str


@dataclass
class Checked:
    """One notebook, graded. `begun` are the questions that are no longer blank."""

    notebook: Path
    exercise: Exercise
    result: SubmissionResult
    begun: set[str]
    code: str
    """A digest of all that was run; equal digests give equal results."""
    hints: dict[str, Hint] = field(default_factory=dict)
    best: dict[str, float] = field(default_factory=dict)
    """The best points so far, this check included, by question."""

    @property
    def full_marks(self) -> bool:
        """True where nothing is left to do."""
        return self.result.status == "graded" and all(map(solved, self.result.questions))


def solved(question: QuestionResult) -> bool:
    """True for full marks."""
    return question.status is not Status.NOT_GRADED and question.points >= question.max_points - NEARLY
