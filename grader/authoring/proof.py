"""The proof of one question: everything of it is run, and everything that falls short is said."""

from __future__ import annotations

import importlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.authoring import layout, wording
from grader.authoring.answers import around, doing_nothing, files, names_of
from grader.authoring.mistakes import line_of, located, shown
from grader.authoring.public_check import PublicCheck
from grader.exercise.model import Exercise, Question
from grader.judging.answer_key import AnswerKey, reference_names
from grader.judging.verdict import verdict
from grader.results.record import QuestionResult
from grader.results.status import Status
from tlcore.check.report import Report
from tlcore.misconceptions import Misconception

KEYS = ("verify-1", "verify-2", "verify-3")
"""Course keys: each gives other hidden inputs."""
RUNS = 20


@dataclass
class Proof:
    """What was found about one question; of an exercise as a whole where `question` is empty."""

    exercise: str
    question: str
    reference_passes: bool = False
    blank_points: float = 0.0
    misconceptions: dict[str, int] = field(default_factory=lambda: {"total": 0, "caught": 0, "named": 0})
    alternatives: dict[str, int] = field(default_factory=lambda: {"total": 0, "accepted": 0})
    wrong: dict[str, int] = field(default_factory=lambda: {"total": 0, "caught": 0})
    check: dict[str, int] = field(default_factory=lambda: {"rejects_right": 0, "misses": 0})
    disagreements: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)


@dataclass
class Shown:
    """What the holder of a wrong idea reads."""

    who: str
    report: Report | None
    verdict: QuestionResult


def prove(exercise: Exercise, question: Question, answers: Path, shows: list[Shown] | None = None) -> Proof:
    """The proof of a question of this checkout. What wrong ideas are told is added to `shows`. Raises nothing that an
    author can have caused."""
    started = time.perf_counter()
    prover = _Prover(exercise, question, answers, shows if shows is not None else [])
    prover.prove()
    prover.proof.seconds = round(time.perf_counter() - started, 2)
    return prover.proof


class _Prover:
    def __init__(self, exercise: Exercise, question: Question, answers: Path, shows: list[Shown]):
        self.exercise, self.question, self.shows = exercise, question, shows
        self.topic, self.answers, self.root = exercise.topic, answers, exercise.path.parents[1]
        self.proof = Proof(exercise.name, question.id)
        self.solution = f"{shown(str(exercise.path), self.root)}:{question.line}"
        self.keys: list[AnswerKey] = []
        self.check: PublicCheck | None = None
        self.missed: list[str] = []
        self.around: dict[str, Any] = {}
        self.sound = self.says_untried = self.rejects_reference = False

    def say(self, text: str) -> None:
        self.proof.problems.append(text)

    def prove(self) -> None:
        id = self.question.id
        for problem in [
            *layout.of_question(self.exercise, id, self.root),
            *wording.of_question(self.topic, id, self.root),
            *wording.spoilers(self.exercise, id, self.root),
        ]:
            self.say(problem)
        if not self._imported():
            return
        self._checked_defines()
        self._reference()
        self._check_of_the_reference()
        self._solution_and_blank()
        self._misconceptions()
        self._alternatives()
        self._wrong()
        if self.missed and self.check is not None and not self.says_untried:
            places = ", ".join(self.missed)
            self.say(
                f"{self.check.path}:{self.check.line}: the public check passes what is wrong ({places}); "
                "look at it, or say with show.untried(...) what the check does not try"
            )

    def _imported(self) -> bool:
        """Import every file of the question; what hinders it is said, all at once."""
        id, topic = self.question.id, self.topic
        good = True
        for package in ("tlcore.reference", "tlcore.misconceptions", "grader.hidden"):
            try:
                importlib.import_module(f"{package}.{topic}.{id}")
            except ModuleNotFoundError as error:
                good = good and package == "tlcore.misconceptions"
                if not (error.name or "").startswith(f"{package}."):  # else it is missing, and that was said
                    self.say(located(error, f"{package.replace('.', '/')}/{topic}/{id}.py:1", self.root))
            except (Exception, SystemExit) as error:
                good = False
                self.say(located(error, f"{package.replace('.', '/')}/{topic}/{id}.py:1", self.root))
        try:
            reference_names(topic)  # those of the other questions too
            self.check = PublicCheck(topic, id, self.root)
        except ModuleNotFoundError as error:
            if not (error.name or "").startswith("tlcore.checks."):
                self.say(located(error, f"tlcore/checks/{topic}/{id}.py:1", self.root))
        except (Exception, SystemExit) as error:
            problem = located(error, f"tlcore/checks/{topic}/{id}.py:1", self.root)
            if problem not in self.proof.problems:
                self.say(problem)
        if not good:
            return False
        try:
            self.around = around(self.exercise)
        except (Exception, SystemExit) as error:
            self.say(f"{located(error, self.solution, self.root)} (an import of the notebook)")
            return False
        self.keys = [AnswerKey(self.exercise.name, key, only=id) for key in KEYS]
        if not self.keys[0].tests[id]:
            self.say(f"grader/hidden/{topic}/{id}.py:1: has no hidden test; write one with @hidden_test(weight=...)")
            return False
        return True

    def _checked_defines(self) -> None:
        for name in self.question.defines:
            if name not in reference_names(self.topic):
                has = ", ".join(reference_names(self.topic))
                self.say(f"{self.solution}: the answer defines {name}, which the reference does not; it has {has}")
        for wrong in self.keys[0].misconceptions(self.question.id):
            for name in wrong.names.keys() - reference_names(self.topic).keys():
                said = f"{wrong.label} replaces {name}, which no reference defines; give replaces=..."
                self.say(f"{self._place(wrong)}: {said}")

    def _place(self, wrong: Misconception) -> str:
        line = line_of(next(iter(wrong.names.values()), None))
        return f"tlcore/misconceptions/{self.topic}/{self.question.id}.py:{line}"

    def _reference(self) -> None:
        try:
            verdicts = [self._judge(key, key.reference_names) for key in self.keys]
        except Exception as error:
            place = f"grader/hidden/{self.topic}/{self.question.id}.py:1"
            self.say(f"{located(error, place, self.root)} (a hidden test, asked of the reference)")
            return
        self.sound = True
        self.proof.reference_passes = all(v.status is Status.PASSED for v in verdicts)
        if not self.proof.reference_passes:
            message = next(v.message for v in verdicts if v.status is not Status.PASSED)
            self.say(
                f"tlcore/reference/{self.topic}/{self.question.id}.py:1: "
                f"the reference does not pass on every key: {message}"
            )

    def _check_of_the_reference(self) -> None:
        if self.check is None:
            return
        report = self.check.on({})
        self.says_untried = self.check.says_what_it_does_not_try(report)
        if report.passed:
            for problem in self.check.lacks(report):
                self.say(problem)
        else:
            self.rejects_reference = True
            self.proof.check["rejects_right"] += 1
            self.say(self.check.rejection(report, "the reference"))

    def _solution_and_blank(self) -> None:
        solution = self._names(self.question.answer_source, self.solution, "the solution")
        blank = self._names(self.question.blank_source, self.solution, "the blank")
        if solution is not None:
            self._right(solution, "the notebook's solution", self.solution)
            if self.sound:
                verdicts = [self._judge(self.keys[0], solution) for _ in range(RUNS)]
                self.proof.disagreements = sum(v != verdicts[0] for v in verdicts[1:])
                if self.proof.disagreements:
                    self.say(
                        f"{self.solution}: {self.proof.disagreements} of {RUNS} repeated runs disagree with the first"
                    )
        nothing = {} if not all(map(self._callable, self.question.defines)) else doing_nothing(self.question)
        for who, names in [("the blank", blank), *((f"doing nothing ({what})", n) for what, n in nothing.items())]:
            if names is None:
                continue
            points = max((self._judge(k, names).points for k in self.keys), default=0.0) if self.sound else 0.0
            if who == "the blank":
                self.proof.blank_points = points
            if points:
                self.say(f"{self.solution}: {who} scores {points:g} points; mend the hidden tests")
            if self.check is not None and self.check.on(names).passed:
                self.say(f"{self.check.path}:{self.check.line}: the public check passes {who}; mend the check")

    def _callable(self, name: str) -> bool:
        return callable(reference_names(self.topic).get(name))

    def _misconceptions(self) -> None:
        known = self.keys[0].misconceptions(self.question.id)
        if not known:
            place = f"tlcore/misconceptions/{self.topic}/{self.question.id}.py:1"
            self.say(f"{place}: has no misconceptions; write one with @misconception(asks=...)")
        for wrong in known:
            self.proof.misconceptions["total"] += 1
            report = self._report(wrong.names, wrong.label)
            if not self.sound:
                continue
            verdicts = [verdict(k, self.question, k.predicted(self.question.id, wrong)) for k in self.keys]
            self.shows.append(Shown(wrong.label, report, verdicts[0]))
            caught = all(v.status is not Status.PASSED for v in verdicts)
            named = all(v.misconceptions == [wrong.label] for v in verdicts)
            self.proof.misconceptions["caught"] += caught
            self.proof.misconceptions["named"] += named
            if not caught:
                self.say(f"{self._place(wrong)}: misconception {wrong.label} gets full marks")
            elif not named:
                others = sorted({label for v in verdicts for label in v.misconceptions} - {wrong.label})
                found = ", ".join(others) or "nothing"
                self.say(
                    f"{self._place(wrong)}: misconception {wrong.label} is not named on every key (named: {found})"
                )

    def _alternatives(self) -> None:
        for path, names in self._answers("right"):
            self.proof.alternatives["total"] += 1
            if names is not None:
                place = f"{shown(str(path), self.root)}:1"
                self.proof.alternatives["accepted"] += self._right(names, f"alternative {path.name}", place)
        if not self.proof.alternatives["total"]:
            self.say(f"tests/answers/{self.topic}/{self.question.id}:1: has no alternatives; add right_*.py")

    def _wrong(self) -> None:
        for path, names in self._answers("wrong"):
            self.proof.wrong["total"] += 1
            problem = wording.first_line(path, self.root)
            if problem:
                self.say(problem)
            if names is None:
                continue
            report = self._report(names, path.name)
            if not self.sound:
                continue
            verdicts = [self._judge(k, names) for k in self.keys]
            self.shows.append(Shown(path.name, report, verdicts[0]))
            caught = all(v.points < self.question.points for v in verdicts)
            self.proof.wrong["caught"] += caught
            if not caught:
                self.say(
                    f"{shown(str(path), self.root)}:1: loses no point; mend the hidden tests, or the sentence goes"
                )

    def _answers(self, kind: str) -> Iterator[tuple[Path, dict[str, Any] | None]]:
        seen: dict[str, str] = {}
        for path in files(self.answers, self.topic, self.question.id, kind):
            source = path.read_text(encoding="utf-8")
            other = seen.setdefault(source.strip(), path.name)
            if other != path.name:
                self.say(f"{shown(str(path), self.root)}:1: is the same as {other}; remove one")
            yield path, self._names(source, f"{shown(str(path), self.root)}", path.name)

    def _names(self, source: str, place: str, who: str) -> dict[str, Any] | None:
        """The names that an answer defines, or None where it does not run, which is then said."""
        try:
            return names_of(source, self.around, f"<answer {place}>")
        except NotImplementedError:
            return {}  # a blank of which nothing can be called
        except (Exception, SystemExit) as error:
            self.say(f"{located(error, place, self.root)} ({who} does not run)")
            return None

    def _right(self, names: dict[str, Any], who: str, place: str) -> bool:
        if self.check is not None:
            report = self.check.on(names)
            if not report.passed:
                self.proof.check["rejects_right"] += 1
                if not self.rejects_reference:  # else the same is wrong for all, and was said
                    self.say(self.check.rejection(report, who))
        if not self.sound:
            return False
        verdicts = [self._judge(k, names) for k in self.keys]
        accepted = all(v.status is Status.PASSED for v in verdicts)
        if not accepted:
            message = next(v.message for v in verdicts if v.status is not Status.PASSED)
            self.say(f"{place}: {who} is not accepted: {message}")
        return accepted

    def _report(self, names: dict[str, Any], who: str) -> Report | None:
        """What the public check says of a wrong answer; a pass is counted."""
        if self.check is None:
            return None
        report = self.check.on(names)
        if report.passed:
            self.proof.check["misses"] += 1
            self.missed.append(who)
        return report

    def _judge(self, key: AnswerKey, names: dict[str, Any]) -> QuestionResult:
        return verdict(key, self.question, key.ask(self.question.id, names))
