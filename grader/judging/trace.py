"""One run of one hidden test against one answerer: the observations that it made, and how it ended."""

from __future__ import annotations

import re
from contextlib import nullcontext
from dataclasses import dataclass

from grader.hidden.registry import HiddenTest
from grader.student.answers import Answers, Fault, LearnerError, TrustedAnswers
from grader.student.bounded import Bounded
from grader.student.compare import same
from grader.student.expect import Expect, Observation
from grader.student.given import Given
from grader.student.proxy import Student


@dataclass
class Trace:
    """What a hidden test saw of one answerer."""

    observations: list[Observation]
    error: LearnerError | None = None
    """What ended the test early, if anything did."""

    @property
    def passed(self) -> bool:
        """Whether the test ran to its end and every observation holds."""
        return self.error is None and bool(self.observations) and all(o.holds for o in self.observations)

    def first_failure(self) -> Observation | None:
        """The first observation that does not hold."""
        return next((o for o in self.observations if not o.holds), None)


def run(test: HiddenTest, answers: Answers, seed: int, reference: Trace | None = None) -> Trace:
    """Run `test`. Without `reference`, the reference itself is asked and whatever it raises is raised."""
    student = Student(answers, seed)
    expect = Expect(reference.observations if reference else None)
    arguments = {"student": student, "given": Given(student, seed), "expect": expect}
    wanted = test.run.__code__.co_varnames[: test.run.__code__.co_argcount]
    try:
        with nullcontext() if isinstance(answers, TrustedAnswers) else Bounded():
            test.run(**{name: arguments[name] for name in wanted})
    except Fault:
        raise
    except LearnerError as error:
        if reference is None:
            raise
        return Trace(expect.observations, error)
    except Exception as error:
        # The test could not go on with what it was given: a value of another kind than the question asks for.
        if reference is None:
            raise
        return Trace(expect.observations, LearnerError("WrongKind", str(error)))
    trace = Trace(expect.observations)
    if reference is not None and len(trace.observations) < len(reference.observations):
        trace.error = LearnerError("WrongKind", "part of the answer is missing")
    return trace


def alike(one: Trace, other: Trace) -> bool:
    """Whether two answerers were seen to do the same: equal observations, and the same kind of end."""
    if (one.error is None) != (other.error is None) or len(one.observations) != len(other.observations):
        return False
    if one.error and other.error and _said(one.error) != _said(other.error):
        return False
    pairs = zip(one.observations, other.observations, strict=True)
    return all(a.holds == b.holds and same(a.value, b.value, b.atol, b.rtol) for a, b in pairs)


def _said(error: LearnerError) -> tuple[str, list[str]]:
    """What an error says, its words in no order: a set that a message shows has another order in each process."""
    return error.kind, sorted(re.findall(r"\w+", error.message))
