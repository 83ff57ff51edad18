"""Hidden tests of `data_efficiency`: a pool whose planned scores suffer from every mistake in drawing from it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from grader.hidden.registry import hidden_test
from grader.student.views import View

STAND_INS = ("paired_difference",)
T95 = {4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365}
"""Quantile of the t distribution for an interval at 95 %, by degrees of freedom."""


def pool(student: Any, given: Any, leaders: str, watched: str, extra: int = 1) -> Any:
    """A pool of rows, and two regimes of which at each size the one named in `leaders` leads ("a", "b" or "-": open).

    With "-" the second has the higher mean, not by much, and the first is ahead with the first seed. With "~" the first
    would lead at 90 %. Plants have one to four rows, and some of a test plant's rows are not in the test. Mistakes
    whose names begin with `watched` cost accuracy.
    """
    sizes = sorted(given.distinct(len(leaders), 2, 12))
    n_classes = given.integer(3, 5)
    labels: list[int] = []
    plants: list[int] = []
    for label in range(n_classes):
        count = sizes[-1] + 30
        of_class: list[int] = []
        while len(of_class) < count:
            of_class += [len(set(plants)) + len(set(of_class)) + 1000 * label] * given.integer(1, 4)
        labels += [label] * (count + label)  # classes of unequal size
        plants += (of_class + [of_class[-1]] * n_classes)[: count + label]
    order = given.random.sample(range(len(labels)), len(labels))
    labels, plants = [labels[i] for i in order], [plants[i] for i in order]
    tested = given.random.sample(sorted(set(plants)), len(set(plants)) // 5)
    test = [row for row, plant in enumerate(plants) if plant in tested and given.random.random() < 0.6]
    seeds = given.distinct(given.integer(5, 7), 0, 500)
    names = given.names(2 + extra)
    scores = planned(given, sizes, seeds, leaders, names)
    made = student.tools.pool(labels, plants, test, given.integer(20, 60), scores, watched)
    return SimpleNamespace(sizes=sizes, seeds=seeds, names=names, regimes=made["regimes"], data=made["data"])


def planned(given: Any, sizes: list[int], seeds: list[int], leaders: str, names: list[str]) -> dict[str, Any]:
    """Scores in per cent by regime, size and seed. A difference is twice what the interval needs, or well within it."""
    scores: dict[str, dict[int, dict[int, float]]] = {name: {} for name in names}
    for size, leader in zip(sizes, leaders, strict=True):
        luck = [given.random.gauss(0, 4) for _ in seeds]
        noise = np.array([given.random.gauss(0, 1) for _ in seeds])
        noise = (noise - noise.mean()) / noise.std(ddof=1)
        if leader == "~":  # evenly spaced: methods other than t hardly differ
            noise = np.linspace(-1, 1, len(seeds))
            noise /= noise.std(ddof=1)
        if leader == "-":  # the first seed says the opposite of the mean
            largest = int(noise.argmax())
            noise[[0, largest]] = noise[[largest, 0]]
        reach = T95[len(seeds) - 1] / len(seeds) ** 0.5
        gap = {"a": 2.0, "b": -2.0, "-": given.choice([-0.4, -0.5]), "~": 0.86}[leader] * reach
        level = 50 + 10 * np.log2(size)
        scores[names[0]][size] = {s: level + x for s, x in zip(seeds, luck, strict=True)}
        scores[names[1]][size] = {s: level + x - float(z) - gap for s, x, z in zip(seeds, luck, noise, strict=True)}
        for name in names[2:]:
            scores[name][size] = {s: given.random.uniform(30, 60) for s in seeds}
    return scores


def curves(found: Any, p: Any) -> dict[str, list[list[float]]]:
    """The curves by regime and size as plain numbers."""
    return {name: [[float(v) for v in found["curves"][name][n]] for n in p.sizes] for name in p.names}


def answered(student: Any, p: Any) -> Any:
    """What the answer gives for a pool."""
    return student.data_efficiency(p.sizes, p.seeds, p.regimes, p.data)


def counts(student: Any, p: Any, *kinds: str) -> dict[str, int]:
    """Mistakes of these kinds, and runs in all."""
    seen = student.tools.pool_counts(p.data)
    return {what: seen[what] for what in seen if what.startswith(kinds) or what == "runs in all"}


@hidden_test(weight=3, stand_ins=STAND_INS, says="Which rows are in the draw, class by class and size by size?")
def test_draws_are_nested_and_even(student, given, expect):
    """Each draw has n rows of every class and holds the smaller draws of its seed; every seed has its own"""
    for extra in (0, 2):
        p = pool(student, given, "a-b", "draws", extra)
        found = answered(student, p)
        expect(counts(student, p, "draws"), "mistakes of drawing", view=View(mistakes))
        expect(curves(found, p), "the curves", atol=1e-6)


@hidden_test(weight=2, stand_ins=STAND_INS, says="What else is known of a plant that is in the test?")
def test_nothing_of_the_test_is_trained_on(student, given, expect):
    """No row of a plant of which a photo is in the test is trained on"""
    p = pool(student, given, "aab", "rows")
    found = answered(student, p)
    expect(counts(student, p, "rows"), "rows that should not be there", view=View(mistakes))
    expect(curves(found, p), "the curves", atol=1e-6)


@hidden_test(weight=2, stand_ins=STAND_INS, says="Do more labels also mean more training in your runs?")
def test_every_run_has_the_same_steps(student, given, expect):
    """The number of steps is the same at every size, and every regime has one score for each seed"""
    p = pool(student, given, "abb-", "runs")
    found = answered(student, p)
    expect(counts(student, p, "runs"), "runs", view=View(mistakes))
    expect(curves(found, p), "the curves", atol=1e-6)


@hidden_test(weight=3, stand_ins=STAND_INS, says="Between which sizes is it sure that the lead has changed hands?")
def test_the_crossover_is_what_the_seeds_allow(student, given, expect):
    """The crossover lies between two sizes with a clear leader each, and is None where there are none"""
    crossings = []
    for leaders in ("a-b", "aab-b", "aaa", "a--", "---", "b-a", "ab", "-bb", "abab", "bab", "~b"):
        p = pool(student, given, leaders, "no mistake", 0)
        crossing = answered(student, p)["crossover"]
        if crossing is not None:
            crossing = [p.sizes.index(n) if n in p.sizes else -1 for n in map(int, crossing)]
        crossings.append(crossing)
    expect(crossings, "the crossovers of eleven pools, by position of the sizes", view=View(crossed))


def mistakes(seen: dict[str, int]) -> str:
    """What was counted, in words."""
    return ", ".join(f"{number} {what}" for what, number in seen.items() if number) or "none"


def crossed(found: list[Any]) -> str:
    """Crossovers in words."""
    return ", ".join("none" if c is None else "-".join(str(at + 1) for at in c) for c in found)
