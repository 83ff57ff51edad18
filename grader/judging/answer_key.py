"""What the reference and the misconceptions do on a class's hidden inputs, each computed once and remembered."""

from __future__ import annotations

import importlib
import pkgutil
import threading
from collections.abc import Callable
from functools import cache
from typing import Any

from grader.exercise.catalogue import load_exercise
from grader.hidden.registry import HiddenTest, hidden_tests, topic_of
from grader.judging import trace
from grader.judging.judged_by import judged_by
from grader.judging.kept_traces import KeptTraces
from grader.judging.trace import Trace
from grader.remote import kernel_state
from grader.student.answers import TrustedAnswers
from grader.student.given import seed_of
from tlcore.misconceptions import Misconception, misconceptions_of


class AnswerKey:
    """The expected observations of one exercise for one seed (of a class: HMAC of its course key).

    Trusted code draws from torch's global generator, so one thread at a time runs it.
    """

    _lock = threading.RLock()

    def __init__(self, exercise: str, exercise_seed: str, only: str | None = None, keep: bool = False):
        """only: a question's id; other questions of the exercise need not have readable hidden tests then.
        keep: traces are kept on disk for the next run, and what an earlier run kept is not computed again.
        """
        self.exercise, self.exercise_seed = exercise, exercise_seed
        self.topic = topic_of(exercise)
        # Before the sources are imported: of a file that is saved in between, the older digest is graded again.
        self.judged_by = judged_by(exercise)
        questions = [question.id for question in load_exercise(exercise).questions if only in (None, question.id)]
        self.tests: dict[str, list[HiddenTest]] = {id: hidden_tests(self.topic, id) for id in questions}
        self.reference_names = reference_names(self.topic)
        self._traces: dict[tuple[str, str], list[Trace]] = {}
        self._kept = KeptTraces(exercise, exercise_seed, self.judged_by) if keep else None

    def seed(self, test: HiddenTest) -> int:
        """The seed of a hidden test's inputs. Tests of one question draw independently: what the feedback on one shows
        says nothing of another."""
        return seed_of(self.exercise_seed, f"{test.question}/{test.run.__name__}")

    def misconceptions(self, question: str) -> list[Misconception]:
        """The known wrong ideas about a question."""
        return misconceptions_of(self.topic, question)

    def reference(self, question: str) -> list[Trace]:
        """The reference's traces, one for each hidden test of the question."""

        def compute() -> list[Trace]:
            return [trace.run(t, TrustedAnswers(self.reference_names), self.seed(t)) for t in self.tests[question]]

        return self._remembered(question, "", compute)

    def predicted(self, question: str, wrong: Misconception) -> list[Trace]:
        """What a misconception's traces would be."""
        return self._remembered(
            question, wrong.label, lambda: self.ask(question, {**self.reference_names, **wrong.names})
        )

    def _remembered(self, question: str, label: str, compute: Callable[[], list[Trace]]) -> list[Trace]:
        """Traces from this process, from the disk, or computed now."""
        with self._lock:
            if (question, label) not in self._traces:
                found = self._kept.get(question, label) if self._kept else None
                if found is None or len(found) != len(self.tests[question]):
                    found = compute()
                    if self._kept:
                        self._kept.put(question, label, found)
                self._traces[question, label] = found
            return self._traces[question, label]

    def ask(self, question: str, names: dict[str, Any]) -> list[Trace]:
        """The traces of any trusted functions, judged against the reference."""
        with self._lock:
            expected = self.reference(question)
            pairs = zip(self.tests[question], expected, strict=True)
            with kernel_state.kept():  # as in a session: what an answer switches off is on again for the next
                return [trace.run(t, TrustedAnswers(names), self.seed(t), e) for t, e in pairs]


@cache
def reference_names(topic: str) -> dict[str, Any]:
    """The functions and classes that the reference of a topic defines, all questions together.

    Raises LookupError for a topic without a reference.
    """
    try:
        package = importlib.import_module(f"tlcore.reference.{topic}")
    except ModuleNotFoundError:
        raise LookupError(f"there is no folder tlcore/reference/{topic}") from None
    modules = [importlib.import_module(f"{package.__name__}.{m.name}") for m in pkgutil.iter_modules(package.__path__)]
    return {k: v for module in modules for k, v in vars(module).items() if _defined_in(module, v)}


def _defined_in(module: Any, value: Any) -> bool:
    return getattr(value, "__module__", None) == module.__name__
