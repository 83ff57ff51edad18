"""Wrong ideas about `data_efficiency`."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import Any

from tlcore.misconceptions.registry import misconception
from tlcore.reference.evaluating_regimes.paired_difference import paired_difference

Result = dict[str, Any]
Curve = dict[int, list[float]]


def _intervals(sizes: Sequence[int], first: Curve, second: Curve) -> list[str]:
    return [paired_difference(first[n], second[n], 0.95)[3] for n in sizes]


def _between(sizes: Sequence[int], leaders: list[str]) -> tuple[int, int] | None:
    """From the last lead of the first to the first lead of the second after it."""
    if "b" not in leaders:
        return None
    high = leaders.index("b")
    below = [n for n, leader in zip(sizes[:high], leaders, strict=False) if leader == "a"]
    return (below[-1], sizes[high]) if below else None


def _measure(
    sizes: Sequence[int],
    seeds: Sequence[int],
    regimes: Mapping[str, Any],
    data: Any,
    even: bool = True,
    whole_plants: bool = True,
    steps: Callable[[int], int] | None = None,
    source: Callable[[int, int, int], object] = lambda seed, n, regime: seed,
    leaders: Callable[[Sequence[int], Curve, Curve], list[str]] = _intervals,
    between: Callable[[Sequence[int], list[str]], tuple[int, int] | None] = _between,
) -> Result:
    """The sound curves, with one thing wrong. `source`: what the order of the rows depends on."""
    test = set(data.test)
    tested = {data.plants[row] for row in test}
    allowed = [
        row for row in range(len(data.labels)) if row not in test and not (whole_plants and data.plants[row] in tested)
    ]
    classes = sorted(set(data.labels))
    curves: dict[str, Curve] = {name: {n: [] for n in sizes} for name in regimes}
    for seed in seeds:
        for n in sizes:
            for at, (name, fit) in enumerate(regimes.items()):
                order = random.Random(str(source(seed, n, at))).sample(allowed, len(allowed))
                draw = order[: n * len(classes)]
                if even:
                    draw = [row for label in classes for row in [r for r in order if data.labels[r] == label][:n]]
                curves[name][n].append(fit(draw, steps(n) if steps else data.steps, seed))
    first, second = list(curves.values())[:2]
    return {"curves": curves, "crossover": between(sizes, leaders(sizes, first, second))}


@misconception(asks="From 5 to 10 labels, what changes in your curve: their number only, or also which ones?")
def every_size_drawn_anew(sizes: Any, seeds: Any, regimes: Any, data: Any) -> Result:
    """The draw of 10 does not hold the draw of 5."""
    return _measure(sizes, seeds, regimes, data, source=lambda seed, n, regime: (seed, n))


@misconception(asks="How many rows of the rarest class are in your smallest draw?")
def rows_drawn_whatever_their_class(sizes: Any, seeds: Any, regimes: Any, data: Any) -> Result:
    """So many rows in all, whichever classes they are of."""
    return _measure(sizes, seeds, regimes, data, even=False)


@misconception(asks="Ten times the labels, ten times the steps: which of the two made the network better?")
def epochs_instead_of_steps(sizes: Any, seeds: Any, regimes: Any, data: Any) -> Result:
    """The number of passes is the same, so that the training grows with the labels."""
    return _measure(sizes, seeds, regimes, data, steps=lambda n: data.steps * n // sizes[0])


@misconception(asks="Two photos of one plant, one in the test: what has the network seen of the other?")
def rows_of_test_plants_allowed(sizes: Any, seeds: Any, regimes: Any, data: Any) -> Result:
    """Only the test rows themselves are left out, not others of their plants."""
    return _measure(sizes, seeds, regimes, data, whole_plants=False)


@misconception(asks="If all seeds train on the same photos, what do your error bars say of other photos?")
def one_draw_for_all_seeds(sizes: Any, seeds: Any, regimes: Any, data: Any) -> Result:
    """The rows are drawn once, and only the training is repeated."""
    return _measure(sizes, seeds, regimes, data, source=lambda seed, n, regime: 0)


@misconception(asks="One regime got an easy draw, the other a hard one. Whose merit is the difference?")
def every_regime_draws_for_itself(sizes: Any, seeds: Any, regimes: Any, data: Any) -> Result:
    """Regimes are trained on different rows."""
    return _measure(sizes, seeds, regimes, data, source=lambda seed, n, regime: (seed, regime))


@misconception(asks="The means change places between two sizes. Would they with other seeds?")
def crossover_of_the_means(sizes: Any, seeds: Any, regimes: Any, data: Any) -> Result:
    """Whoever has the higher mean leads."""

    def by_means(sizes: Sequence[int], first: Curve, second: Curve) -> list[str]:
        return ["a" if fmean(first[n]) > fmean(second[n]) else "b" for n in sizes]

    return _measure(sizes, seeds, regimes, data, leaders=by_means)


@misconception(asks="How many seeds went into your crossover?")
def crossover_of_one_seed(sizes: Any, seeds: Any, regimes: Any, data: Any) -> Result:
    """The curves of the first seed decide."""

    def by_one(sizes: Sequence[int], first: Curve, second: Curve) -> list[str]:
        return ["a" if first[n][0] > second[n][0] else "b" for n in sizes]

    return _measure(sizes, seeds, regimes, data, leaders=by_one)


@misconception(asks="Up to which number of labels have you looked? What do you know beyond it?")
def beyond_the_last_size(sizes: Any, seeds: Any, regimes: Any, data: Any) -> Result:
    """If the second has not overtaken yet, it is expected to after the last size."""

    def further(sizes: Sequence[int], leaders: list[str]) -> tuple[int, int] | None:
        if "b" not in leaders and "a" in leaders:
            return sizes[len(leaders) - 1 - leaders[::-1].index("a")], 2 * sizes[-1]
        return _between(sizes, leaders)

    return _measure(sizes, seeds, regimes, data, between=further)
