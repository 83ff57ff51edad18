"""What became of each question: points, wrong ideas, wrong answers that nobody recognised, exceptions, blanks."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from grader.results.record import QuestionResult
from grader.results.status import Ended, State, Status

from . import said
from .beliefs import belief
from .learners import Learner

SHOWN = 600  # characters of a message that stands for its group


@dataclass
class Idea:
    """A wrong idea that was recognised: the question to ask, who held it, and the points that it cost them."""

    label: str
    believes: str = ""
    asks: str = ""
    holders: list[Learner] = field(default_factory=list)
    lost: float = 0.0
    anchor: str = ""


@dataclass
class Group:
    """Wrong answers without a name that were seen to do the same: they failed `failed`, with messages of one shape."""

    failed: tuple[str, ...]
    message: str
    learners: list[Learner] = field(default_factory=list)
    anchor: str = ""


@dataclass(frozen=True)
class Failed:
    """Who failed a hidden behaviour: whole lists of the question (words, id, how many) and the others by name."""

    lists: list[tuple[str, str, int]]
    others: list[Learner]
    total: int


@dataclass
class Question:
    """How the class did on one question. `place` is the section of the notebook that treats it ("2.1").

    Answers that were not graded count in `counts` only; blanks have points (none) and nothing else to tell.
    """

    exercise: str
    id: str
    title: str
    place: str
    objectives: tuple[str, ...] = ()
    counts: Counter[State] = field(default_factory=Counter)
    points: float = 0.0
    max_points: float = 0.0
    blank: list[Learner] = field(default_factory=list)
    ideas: dict[str, Idea] = field(default_factory=dict)
    groups: dict[tuple[tuple[str, ...], str], Group] = field(default_factory=dict)
    raised: dict[str, list[Learner]] = field(default_factory=dict)
    behaviours: dict[str, list[Learner]] = field(default_factory=dict)
    set_by_hand: list[Learner] = field(default_factory=list)
    apart: float | None = None  # item-rest correlation, where there are enough learners
    anchor: str = ""

    @property
    def share(self) -> float:
        """Share of the points that the graded answers got, 0 to 1."""
        return self.points / self.max_points if self.max_points else 0.0

    @property
    def blanks(self) -> int:
        """How many left it blank."""
        return len(self.blank)

    @property
    def graded(self) -> int:
        """How many were graded, blanks included."""
        return self.counts.total() - self.counts[Status.NOT_GRADED]

    @property
    def answered(self) -> int:
        """How many were graded and not blank."""
        return self.graded - len(self.blank)

    @property
    def stopped(self) -> int:
        """How many answers did not run to the end."""
        return sum(self.counts[state] for state in (Status.ERROR, Ended.TIME, Ended.CRASH))

    @property
    def unnamed(self) -> int:
        """How many wrong answers have no name."""
        return sum(len(group.learners) for group in self.groups.values())

    @property
    def ranked_ideas(self) -> list[Idea]:
        """The wrong ideas, the commonest first."""
        return sorted(self.ideas.values(), key=lambda idea: (-len(idea.holders), -idea.lost, idea.label))

    @property
    def ranked_groups(self) -> list[Group]:
        """The groups of unnamed answers, the largest first."""
        return sorted(self.groups.values(), key=lambda group: (-len(group.learners), group.failed, group.message))

    @property
    def ranked_raised(self) -> list[tuple[str, list[Learner]]]:
        """Kinds of exceptions and who met them, the commonest first."""
        return sorted(self.raised.items(), key=lambda pair: (-len(pair[1]), pair[0]))

    @property
    def ranked_behaviours(self) -> list[tuple[str, Failed]]:
        """Hidden behaviours and whose answers failed them, the commonest first."""
        ranked = sorted(self.behaviours.items(), key=lambda pair: (-len(pair[1]), pair[0]))
        return [(name, self._failed(learners)) for name, learners in ranked]

    def _failed(self, learners: list[Learner]) -> Failed:
        """Names that stand in a list above are not written again: with 200 learners that is most of the page."""
        lists: list[tuple[str, str, int]] = []
        left = set(learners)
        for words, anchor, members in self._lists():
            if len(members) > 1 and left & members and members <= set(learners):
                lists.append((words, anchor, len(members)))
                left -= members
        return Failed(lists, [learner for learner in learners if learner in left], len(learners))

    def _lists(self) -> Iterator[tuple[str, str, set[Learner]]]:
        for idea in self.ranked_ideas:
            yield idea.label.replace("_", " "), idea.anchor, set(idea.holders)
        for number, group in enumerate(self.ranked_groups, 1):
            yield f"group {number}", group.anchor, set(group.learners)
        for number, (kind, learners) in enumerate(self.ranked_raised):
            yield kind, f"{self.anchor}-e{number}", set(learners)

    def set_anchors(self, anchor: str) -> None:
        """Give the question, its ideas and its groups the ids that links of the page lead to."""
        self.anchor = anchor
        for number, idea in enumerate(self.ranked_ideas):
            idea.anchor = f"{anchor}-i{number}"
        for number, group in enumerate(self.ranked_groups):
            group.anchor = f"{anchor}-g{number}"

    def add(self, result: QuestionResult, learner: Learner) -> None:
        """Count one answer."""
        self.counts[result.state] += 1
        if result.override is not None:
            self.set_by_hand.append(learner)
        if result.status is Status.NOT_GRADED:
            return
        self.points += result.points
        self.max_points += result.max_points
        result = result.as_judged()  # points set by hand do not change what the answer did
        if result.ended is Ended.BLANK:
            self.blank.append(learner)
            return
        for kind in said.all_raised(result):
            self.raised.setdefault(kind, []).append(learner)
        failed = said.failed(result.behaviours)
        for name in dict.fromkeys(behaviour.name for behaviour in result.behaviours):
            self.behaviours.setdefault(name, [])
            if name in failed:
                self.behaviours[name].append(learner)
        self._recognised(result, learner)
        if result.status in (Status.PARTIAL, Status.FAILED) and not result.misconceptions and not result.advice:
            key = (failed, said.shape(result.message))
            group = self.groups.setdefault(key, Group(failed, result.message[:SHOWN]))
            group.message = min(group.message, result.message[:SHOWN])  # whoever came first
            group.learners.append(learner)

    def _recognised(self, result: QuestionResult, learner: Learner) -> None:
        asks = {advice.misconception: advice.asks for advice in result.advice}
        labels = list(dict.fromkeys([*result.misconceptions, *asks]))
        for label in labels:
            idea = self.ideas.setdefault(label, Idea(label, belief(self.exercise, self.id, label)))
            idea.asks = idea.asks or asks.get(label, "")
            idea.holders.append(learner)
            # Two ideas in one answer share what it lost.
            idea.lost += (result.max_points - result.points) / len(labels)
