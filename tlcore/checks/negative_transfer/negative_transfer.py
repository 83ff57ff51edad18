"""Public check of `negative_transfer`."""

from tlcore import plots


def _runs(start, accuracies, tested_on="target", updates=100):
    return [
        {"start": start, "tested_on": tested_on, "seed": seed, "labels": 10, "updates": updates, "accuracy": accuracy}
        for seed, accuracy in accuracies.items()
    ]


def _answer(negative_transfer, show, runs):
    found = negative_transfer({"classes": 5, "runs": runs})
    teach = "Nothing came back: is a `return` missing?" if found is None else "A dict with these three names."
    fits = isinstance(found, dict) and {"gap", "ci", "verdict"} <= found.keys()
    return found if show.that(fits, "it returns gap, ci and verdict", teach) else None


def check(negative_transfer, show):
    show.tried("the example by hand: pretrained 60, 52, 71, and scratch 64, 57, 74, with the same seeds")
    pretrained, scratch = {0: 60.0, 1: 52.0, 2: 71.0}, {2: 74.0, 1: 57.0, 0: 64.0}
    plain = _runs("pretrained", pretrained) + _runs("scratch", scratch)
    found = _answer(negative_transfer, show, plain)
    if found is None:
        return
    show.expect(
        "gap", found["gap"], -4.0, "The mean of -4, -5 and -3: pretrained minus scratch, seed by seed.", atol=1e-6
    )
    show.expect("verdict", found["verdict"], "negative", "The whole interval is below zero.")

    show.tried("six pairs whose differences are -6, -2, -5, -3, -7 and -1")
    level = {0: 60.0, 1: 52.0, 2: 71.0, 3: 66.0, 4: 58.0, 5: 63.0}
    lower = {seed: level[seed] - d for seed, d in enumerate((6, 2, 5, 3, 7, 1))}
    six = _answer(negative_transfer, show, _runs("pretrained", lower) + _runs("scratch", level))
    if six is None:
        return
    low, high = (float(end) for end in six["ci"])
    # The t interval is -6.5 to -1.5; one of a corrected bootstrap is a little different.
    show.that(
        -7.4 < low < -6.0 and -2.0 < high < -0.6,
        f"the interval is near -6.5 to -1.5 (yours: {low:.1f} to {high:.1f})",
        "The standard deviation of the differences is 2.4, so the standard error is 2.4 / √6, and with six differences "
        "the quantile is 2.57. The scores themselves differ much more than the differences do.",
    )

    show.tried("the three pairs, with other runs in the log")
    more = plain + _runs("pretrained", {seed: a + 9 for seed, a in pretrained.items()}, updates=300)
    more += _runs("pretrained", dict.fromkeys(range(3), 95.0), tested_on="source") + _runs("pretrained", {7: 90.0})
    observed = _answer(negative_transfer, show, more)
    if observed is None:
        return
    show.expect(
        "gap",
        observed["gap"],
        -4.0,
        "Three times the updates, another task, and a seed without a partner: none of them makes a pair.",
        atol=1e-6,
    )
    bars = [float(found["gap"]), float(observed["gap"])] if observed["gap"] is not None else [float(found["gap"]), 0.0]
    show.picture(plots.bars("The gap", ["three pairs alone", "in a longer log"], bars, [-4.0, -4.0], ylabel="points"))

    show.tried("help, no clear answer, and a log with one pair")
    turned = _runs("scratch", pretrained) + _runs("pretrained", scratch)
    unclear = _runs("pretrained", {0: 60.0, 1: 62.0, 2: 71.0}) + _runs("scratch", scratch)
    single = _runs("pretrained", {0: 60.0}) + _runs("scratch", {0: 64.0, 1: 57.0})
    for runs, verdict in ((turned, "positive"), (unclear, "inconclusive"), (single, "not comparable")):
        answer = _answer(negative_transfer, show, runs)
        if answer is None:
            return
        show.expect("verdict", answer["verdict"], verdict)
    show.expect("gap of one pair", answer["gap"], None, "One seed has no spread: nothing can be said.")
    show.untried("whether the interval is right for other numbers of seeds, and whether the log stays as it is")
