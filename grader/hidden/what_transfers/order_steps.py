"""Hidden tests of `order_steps`: any order that breaks no pair is right, and what was broken is said pair by pair."""

from __future__ import annotations

from typing import Any

from grader.hidden.registry import hidden_test
from grader.hidden.what_transfers.setups import Workflow, broken, texts, workflows
from grader.student.views import View


def ordered(student: Any, expect: Any, cases: list[Workflow], label: str) -> None:
    """Judge the orders of some workflows: what each of them breaks, and whether all the steps are there."""
    faults = []
    for steps, ctx in cases:
        order = texts(student.order_steps(list(steps), dict(ctx)))
        missing = sorted(set(steps) - set(order))
        extra = len(order) - len(set(order) & set(steps))
        faults.append([*broken(order, ctx), *(f"no {step}" for step in missing), *(["other steps"] if extra else [])])
    expect(faults, label, equals=[[] for _ in cases], view=View(in_words))


def in_words(faults: list[list[str]]) -> str:
    """What was broken, each pair once, most frequent first."""
    every = [fault for one in faults for fault in one]
    return ", ".join(sorted(set(every), key=lambda fault: (-every.count(fault), fault))[:5]) or "none"


SPINE = ("build_model", "train", "test")


@hidden_test(weight=2, says="Which photos may be looked at before training, and which not until the end?")
def test_what_happens_to_the_data(student, given, expect):
    """Photos are split before anything is learned from them, and the test part is read at the very end"""
    always = (*SPINE, "split", "fit_statistics", "normalise")
    cases = workflows(given, always, 12, never=("load_weights", "merge_lora"))
    ordered(student, expect, cases, "steps before others that they need, in twelve workflows with all steps for data")


@hidden_test(weight=3, says="Which tensors are there at this moment, and do their shapes fit the checkpoint?")
def test_weights_and_head(student, given, expect):
    """The checkpoint is loaded while the model has the head of the checkpoint; what stands still is frozen in time"""
    cases = workflows(given, (*SPINE, "load_weights", "swap_head", "freeze", "make_optimizer"), 12, never=("save",))
    ordered(student, expect, cases, "steps before others that they need, in twelve workflows with a new head")


@hidden_test(weight=2, says="Which parameters are there at this moment, and which of them can learn?")
def test_adapters_and_optimizer(student, given, expect):
    """Adapters come after the weights are loaded and frozen, and the optimizer after the last new parameter"""
    always = (*SPINE, "add_lora", "freeze", "load_weights", "make_optimizer")
    cases = workflows(given, always, 12, never=("swap_head", "save"))
    ordered(student, expect, cases, "steps before others that they need, in twelve workflows with adapters")


@hidden_test(weight=3, says="What is in the file that is saved, and which model is it that is tested?")
def test_after_training(student, given, expect):
    """The best state is chosen, saved and merged in an order that leaves something to save"""
    cases = workflows(given, (*SPINE, "add_lora", "choose_best", "merge_lora", "save"), 12, never=("swap_head",))
    ordered(student, expect, cases, "steps before others that they need, in twelve workflows with merging and saving")


@hidden_test(weight=3, says="Take the first pair that is broken. What does the later step need of the earlier one?")
def test_nine_of_fourteen(student, given, expect):
    """Any nine of the fourteen steps, in every context"""
    cases = workflows(given, SPINE, 40) + workflows(given, SPINE, 3, length=5) + workflows(given, SPINE, 3, length=13)
    ordered(student, expect, cases, "steps before others that they need, in 46 workflows")
