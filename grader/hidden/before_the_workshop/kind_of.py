"""Hidden tests of `kind_of`.

Every test needs three kinds or more to be right, each in several cases, so that one answer for all gets nothing.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from grader.hidden.registry import hidden_test
from grader.student.views import View

KINDS = ("parameter", "buffer", "hyperparameter", "metric", "data")
MANY = (3, 400_000)

CASES: dict[str, tuple[str, dict[str, Any]]] = {
    # parameters: learned now, learned earlier and frozen, started from a chosen value, a single number
    "weights": ("parameter", {"learned": True, "changes": True}),
    "frozen weights": ("parameter", {"learned": True, "changes": False}),
    "weights from a chosen start": ("parameter", {"learned": True, "changes": True, "chosen": True}),
    "a learned temperature": ("parameter", {"learned": True, "changes": True, "numbers": 1}),
    "a frozen scale from a chosen start": (
        "parameter",
        {"learned": True, "changes": False, "chosen": True, "numbers": 1},
    ),
    # buffers: running statistics, those of a frozen layer, a counter, a table and a mask that somebody chose
    "running statistics": ("buffer", {"saved": True, "changes": True}),
    "held statistics": ("buffer", {"saved": True, "changes": False}),
    "a counter of batches": ("buffer", {"saved": True, "changes": True, "numbers": 1}),
    "a table of positions": ("buffer", {"saved": True, "changes": False, "chosen": True}),
    "a mask with a schedule": ("buffer", {"saved": True, "changes": True, "chosen": True}),
    # hyperparameters: one number, a schedule, several numbers
    "a setting": ("hyperparameter", {"chosen": True, "changes": False, "numbers": 1}),
    "a rate with a schedule": ("hyperparameter", {"chosen": True, "changes": True, "numbers": 1}),
    "layer widths": ("hyperparameter", {"chosen": True, "changes": False}),
    "weights of the classes with a schedule": ("hyperparameter", {"chosen": True, "changes": True}),
    # metrics: after each epoch, once at the end, many numbers
    "a loss": ("metric", {"from_predictions": True, "changes": True, "numbers": 1}),
    "a final accuracy": ("metric", {"from_predictions": True, "changes": False, "numbers": 1}),
    "recall of each class": ("metric", {"from_predictions": True, "changes": True}),
    "a final confusion matrix": ("metric", {"from_predictions": True, "changes": False}),
    # data: as it was collected, augmented, a single number
    "photos": ("data", {"changes": False}),
    "augmented photos": ("data", {"changes": True}),
    "one label": ("data", {"changes": False, "numbers": 1}),
    "a temperature that day": ("data", {"changes": True, "numbers": 1}),
}
"""What may be known about an item of a run: the facts that are not false, and `numbers` where it is one."""


SOUNDS_LIKE_ANOTHER = {
    "parameter": "loss scale of",
    "buffer": "average weight of",
    "hyperparameter": "weight decay of",
    "metric": "bias of the answers on",
    "data": "weight in grams of",
}
"""How the name of one item of each kind begins in every run: who goes by the name takes it for something else."""


def described(given: Any, cases: list[str]) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """A run with one item of each of these cases under made-up names, and what each item is."""
    run: dict[str, dict[str, Any]] = {}
    right: dict[str, str] = {}
    for made_up, case in zip(given.names(len(cases)), given.random.sample(cases, len(cases)), strict=True):
        kind, known = CASES[case]
        name = made_up if kind in right.values() else f"{SOUNDS_LIKE_ANOTHER[kind]} {made_up}"
        facts = {"saved": kind == "parameter", "learned": False, "chosen": False, "from_predictions": False, **known}
        facts.setdefault("numbers", given.integer(*MANY))
        keys = given.random.sample(list(facts), len(facts))  # facts come in no fixed order
        run[name], right[name] = {key: facts[key] for key in keys}, kind
    return run, right


def in_words(kinds: dict[str, Any]) -> str:
    """How many items of each kind."""
    said = (kind[:20] if isinstance(kind, str) else f"a {type(kind).__name__}" for kind in kinds.values())
    return ", ".join(f"{count} × {kind}" for kind, count in sorted(Counter(said).items()))


def of_kinds(*kinds: str) -> list[str]:
    """The cases of these kinds."""
    return [case for case, (kind, _) in CASES.items() if kind in kinds]


def judged(student: Any, given: Any, expect: Any, cases: list[str], label: str) -> None:
    """The kind of every item of a run that has these cases."""
    run, right = described(given, cases)
    expect({item: student.kind_of(item, run) for item in run}, label, equals=right, view=View(in_words))


@hidden_test(
    weight=2, says="What does the optimizer look for, in this run or in an earlier one? What did you have to set?"
)
def test_parameters_settings_and_data(student, given, expect):
    """Parameters, learned or frozen, are told from what was set and from what was given"""
    cases = [*of_kinds("parameter"), "a setting", "layer widths", *of_kinds("data")]
    judged(student, given, expect, cases, "parameters, hyperparameters and data of a run")


@hidden_test(weight=2, says="Two kinds of tensors are saved with a model. Which of them does no optimizer ever move?")
def test_buffers_and_parameters(student, given, expect):
    """Buffers are told from parameters and from settings"""
    cases = [*of_kinds("buffer"), "weights", "frozen weights", "a learned temperature", "a setting", "layer widths"]
    judged(student, given, expect, cases, "buffers, parameters and hyperparameters of a run")


@hidden_test(weight=2, says="What is known before the first step, and what only after the model has answered?")
def test_metrics_and_settings(student, given, expect):
    """Metrics are told from settings, with or without a schedule, and from data"""
    cases = [*of_kinds("metric", "hyperparameter"), "photos", "one label"]
    judged(student, given, expect, cases, "metrics, hyperparameters and data of a run")


@hidden_test(weight=1, says="Which fact decides, and which facts are true of all kinds of things?")
def test_whole_runs(student, given, expect):
    """Every kind of thing in one run, asked twice; the description stays as it is"""
    run, right = described(given, list(CASES))
    held = student.tools.plain_data.kept(run)
    for times in ("once", "twice"):
        found = {item: student.kind_of(item, held) for item in run}
        expect(found, f"everything in a run, asked {times}", equals=right, view=View(in_words))
    expect(student.tools.plain_data(held), "the description afterwards", equals=run)
