"""Proves each question: the reference passes, the blank scores nothing, every misconception fails and is named, every
accepted alternative passes, and repeated runs agree."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import torch

from grader.exercise.catalogue import load_exercise
from grader.exercise.model import Question
from grader.judging.answer_key import AnswerKey
from grader.judging.verdict import QuestionVerdict, verdict

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = ROOT / "tests" / "answers"
KEYS = ("verify-1", "verify-2", "verify-3")
"""Course keys: each gives other hidden inputs."""
RUNS = 10


@dataclass
class Proof:
    """What was found about one question."""

    exercise: str
    question: str
    reference_passes: bool = False
    blank_points: float = 0.0
    misconceptions: dict[str, int] = field(default_factory=lambda: {"total": 0, "caught": 0, "named": 0})
    alternatives: dict[str, int] = field(default_factory=lambda: {"total": 0, "accepted": 0})
    disagreements: int = 0
    problems: list[str] = field(default_factory=list)


def run(names: list[str], progress: Callable[[str], None] = lambda _: None) -> list[Proof]:
    """The proof of every question of the named exercises. Raises LookupError for an unknown one."""
    torch.set_num_threads(1)
    return [proof for name in names for proof in _exercise(name, progress)]


def _exercise(name: str, progress: Callable[[str], None]) -> Iterator[Proof]:
    exercise = load_exercise(name)
    keys = [AnswerKey(name, key) for key in KEYS]
    for question in exercise.questions:
        progress(f"{name} {question.id}")
        yield _question(name, question, keys)


def _question(name: str, question: Question, keys: list[AnswerKey]) -> Proof:
    proof = Proof(name, question.id)
    say = proof.problems.append
    for wanted in ("hints", "points", "minutes"):
        if not getattr(question, wanted):
            say(f"has no {wanted}")
    if not keys[0].tests[question.id]:
        say("has no hidden test")
        return proof
    solution = names_of(question.answer_source, question, keys[0])
    blank = names_of(question.blank_source, question, keys[0])
    proof.reference_passes = all(_judge(k, question, k.reference_names).status == "passed" for k in keys)
    if not proof.reference_passes:
        say("the reference does not pass on every key")
    if _judge(keys[0], question, solution).status != "passed":
        say(f"the notebook's solution does not pass: {_judge(keys[0], question, solution).message}")
    proof.blank_points = max(_judge(k, question, blank).points for k in keys)
    if proof.blank_points:
        say(f"the blank scores {proof.blank_points:g} points")
    _check_misconceptions(proof, question, keys)
    _check_alternatives(proof, question, keys)
    proof.disagreements = _disagreements(question, keys[0], solution)
    if proof.disagreements:
        say(f"{proof.disagreements} of {RUNS} repeated runs disagree with the first")
    return proof


def _check_misconceptions(proof: Proof, question: Question, keys: list[AnswerKey]) -> None:
    for wrong in keys[0].misconceptions(question.id):
        proof.misconceptions["total"] += 1
        verdicts = [verdict(k, question.id, question.points, k.predicted(question.id, wrong)) for k in keys]
        caught = all(v.status != "passed" for v in verdicts)
        named = all(v.misconceptions == [wrong.label] for v in verdicts)
        proof.misconceptions["caught"] += caught
        proof.misconceptions["named"] += named
        if not caught:
            proof.problems.append(f"misconception {wrong.label} gets full marks")
        elif not named:
            others = sorted({label for v in verdicts for label in v.misconceptions} - {wrong.label})
            proof.problems.append(
                f"misconception {wrong.label} is not named on every key (named: {others or 'nothing'})"
            )
    if not proof.misconceptions["total"]:
        proof.problems.append("has no misconceptions")


def _check_alternatives(proof: Proof, question: Question, keys: list[AnswerKey]) -> None:
    for path in sorted((ANSWERS / keys[0].topic / question.id).glob("right_*.py")):
        proof.alternatives["total"] += 1
        names = names_of(path.read_text(encoding="utf-8"), question, keys[0], f"<answer {path.name}>")
        verdicts = [_judge(k, question, names) for k in keys]
        accepted = all(v.status == "passed" for v in verdicts)
        proof.alternatives["accepted"] += accepted
        if not accepted:
            message = next(v.message for v in verdicts if v.status != "passed")
            proof.problems.append(f"alternative {path.name} is not accepted: {message}")
    if not proof.alternatives["total"]:
        proof.problems.append("has no alternatives")


def _disagreements(question: Question, key: AnswerKey, names: dict[str, Any]) -> int:
    verdicts = [_judge(key, question, names) for _ in range(RUNS)]
    return sum(v != verdicts[0] for v in verdicts[1:])


def _judge(key: AnswerKey, question: Question, names: dict[str, Any]) -> QuestionVerdict:
    return verdict(key, question.id, question.points, key.ask(question.id, names))


@cache
def surroundings(topic: str) -> dict[str, Any]:
    """What the cells around an answer offer it: all that the reference's modules define or import."""
    package = importlib.import_module(f"tlcore.reference.{topic}")
    modules = [importlib.import_module(f"{package.__name__}.{m.name}") for m in pkgutil.iter_modules(package.__path__)]
    return {name: value for module in modules for name, value in vars(module).items() if not name.startswith("__")}


def names_of(source: str, question: Question, key: AnswerKey, filename: str = "<answer>") -> dict[str, Any]:
    """The functions of an answer of this project, never a learner's: the reference's, then what the source defines.

    What the answer may use of the notebook around it (imports, earlier answers) is the reference module's.
    """
    names = {**surroundings(key.topic), "__name__": "__main__"}
    exec(compile(source, filename, "exec"), names)
    return names
