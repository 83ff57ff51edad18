"""Hidden tests of `rank_sources`.

Whoever guesses an order gets no point: of four candidates there are 24 orders, and each test but the last asks for two
or more orders. Five right procedures (neighbours with two distances, LogME, logistic regression on folds, a head that
is trained for a short while) were asked for 1,320 orders on 24 course keys, and none was wrong.
"""

from __future__ import annotations

from typing import Any

from grader.hidden.negative_transfer.setups import Hub, Plan, as_worth, hub, noisy_resnets
from grader.hidden.registry import hidden_test

QUALITIES = (1.0, 0.42, 0.19, 0.0)
"""Accuracies of about 0.95, 0.75, 0.5 and 0.2 with four or five classes."""


def ask(student: Any, it: Hub, as_set: bool = True) -> str:
    """The answer's order of the names, with commas between them."""
    candidates = student.tools.source_candidates.kept(it.made)
    few = student.tools.few_labelled.kept(it.images, it.labels, as_set)
    return as_names(student.rank_sources(candidates, few))


def as_names(order: Any) -> str:
    """An order as one plain text, whatever it holds."""
    return ", ".join(name[:40] if isinstance(name, str) else "something that is no name" for name in order)


@hidden_test(weight=4, says="What do the few pictures say of each source? Nothing else that you have knows the target.")
def test_the_order_is_that_of_the_truth(student, given, expect):
    """Sources are in the order of what they are worth to the target, whatever their cards claim"""
    for kind, classes, channels, size in (("conv", 5, 1, 8), ("dense", 5, 3, 6)):
        it = hub(given, [Plan(quality) for quality in QUALITIES], kind, (classes, channels, size))
        order = ask(student, it, as_set=channels != 3)
        expect(order, f"the order of four sources, {classes} classes", equals=it.order, view=it.view)


@hidden_test(weight=3, says="With which mean and deviation was each of the bodies trained?")
def test_each_has_its_own_card(student, given, expect):
    """Each body gets pictures that are normalised by its own card"""
    for first in (True, False):
        sizes = (5, given.choice([1, 3]), 7)
        plans = [Plan(1.0), Plan(0.42, own_card=False), Plan(0.15)]
        it = hub(given, plans, given.choice(["conv", "dense"]), sizes, own_card_first=first)
        expect(ask(student, it), "the order of three sources with different cards", equals=it.order, view=it.view)


@hidden_test(weight=2, says="In which mode are the bodies when they come, and in which will the network be used?")
def test_bodies_are_asked_in_eval_mode(student, given, expect):
    """A body is judged as it will be used: with its own statistics, without dropout"""
    orders: list[str] = []
    right: list[str] = []
    truth: dict[str, float] = {}
    for kind in ("dense", "conv"):
        sizes = (5, given.choice([2, 3]), 6)
        plans = [Plan(1.0, dead=True), Plan(0.6), Plan(0.25)]
        it = hub(given, plans, kind, sizes)
        orders += ask(student, it).split(", ")
        right += it.order.split(", ")
        truth |= it.truth
    label = "the orders of twice three sources that came in train mode"
    expect(orders, label, equals=right, view=as_worth(truth))  # a list of six: no wrong idea gives it by chance


@hidden_test(
    weight=3,
    says="Twice as many features as pictures, and in another body some that are always zero: how is your score then?",
)
def test_wide_bodies_that_learned_nothing(student, given, expect):
    """A large body that knows nothing is not put above a small one that does"""
    for classes in (4, 6):
        sizes = (classes, given.choice([2, 3]), 7)
        plans = [Plan(1.0, width=14, silent=2), Plan(0.4, width=14), Plan(0.0, width=240)]
        it = hub(given, plans, given.choice(["conv", "dense"]), sizes)
        expect(ask(student, it), "the order of two small sources and a large one", equals=it.order, view=it.view)


@hidden_test(weight=1, says="Whose tensors are these, and who will use them next?")
def test_candidates_stay_as_they_are(student, given, expect):
    """No tensor of a candidate changes, and a second call gives the same order"""
    it = hub(given, [Plan(quality) for quality in QUALITIES[:3]], "conv", (5, 1, 8))
    candidates = student.tools.source_candidates.kept(it.made)
    few = student.tools.few_labelled.kept(it.images, it.labels, True)
    for call in ("first", "second"):
        order = as_names(student.rank_sources(candidates, few))
        expect(order, f"the order of the {call} call", equals=it.order, view=it.view)
    # What the bodies make of pictures that nobody has seen: told tensors could be those of before.
    unseen = it.images + 0.02 * given.tensor(*it.images.shape)
    expect(student.tools.features_of_bodies(candidates, unseen), "the features of all bodies afterwards")


@hidden_test(weight=1, says="What does your function know of the class of a body?")
def test_networks_of_transformers(student, given, expect):
    """Among networks of transformers, the pre-trained one is put above those with noise in their weights"""
    it = noisy_resnets(given)
    order = ask(student, it).split(", ")
    expect(sorted(order), "the names in the order", equals=sorted(it.truth))
    expect(order[0], "the best source", equals=it.order.split(", ")[0], view=it.view)
