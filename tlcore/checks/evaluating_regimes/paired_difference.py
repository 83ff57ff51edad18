"""Public check of `paired_difference`."""

import random

from tlcore import plots


def _answer(paired_difference, show, *given):
    found = paired_difference(*given)
    teach = "Nothing came back: is a `return` missing?" if found is None else "Four values, in this order."
    if show.that(isinstance(found, tuple | list) and len(found) == 4, "it returns mean, low, high, verdict", teach):
        return [float(number) for number in found[:3]], str(found[3])
    return None, None


def _refused(paired_difference, *given):
    try:
        paired_difference(*given)
    except ValueError:
        return True
    return False


def check(paired_difference, show):
    show.tried("the example by hand: a = 71, 64, 80, 55, 60 and b = 69, 63, 77, 55, 56, at 90 %")
    a, b = [71, 64, 80, 55, 60], [69, 63, 77, 55, 56]
    numbers, verdict = _answer(paired_difference, show, a, b, 0.9)
    if numbers is None:
        return
    show.expect("mean", numbers[0], 2.0, "The mean of 2, 1, 3, 0 and 4.", atol=1e-6)
    # The t interval is 0.49 to 3.51; a corrected bootstrap or a permutation interval may be a little different.
    near = abs(numbers[1] - 0.49) < 0.45 and abs(numbers[2] - 3.51) < 0.45
    show.that(
        near,
        f"the interval is near 0.49 to 3.51 (yours: {numbers[1]:.2f} to {numbers[2]:.2f})",
        "The standard error of the mean is 1.58 / √5 = 0.71, and with five differences the quantile is 2.13, "
        "not 1.64. The two columns differ much more than the differences do.",
    )
    show.expect("verdict", verdict, "a", "Zero lies below the interval.")
    _, verdict = _answer(paired_difference, show, b, a, 0.9)
    show.expect("verdict with a and b exchanged", verdict, "b")
    _, verdict = _answer(paired_difference, show, [71, 64, 80], [69, 66, 77], 0.9)
    show.expect("verdict on the differences 2, -2, 3", verdict, "inconclusive", "Zero lies inside the interval.")

    show.tried("1,000 comparisons with five seeds whose true difference is 1, at 80 %")
    draw = random.Random(0)
    inside, shown, repeats = 0, {"low": [], "truth": [], "high": []}, 1000
    for _ in range(repeats):
        luck = [draw.gauss(60, 3) for _ in range(5)]
        one, other = [x + draw.gauss(1, 1) for x in luck], [x + draw.gauss(0, 1) for x in luck]
        _, low, high, _ = paired_difference(one, other, 0.8)
        inside += low <= 1 <= high
        if len(shown["low"]) < 30:
            for name, value in (("low", low), ("truth", 1.0), ("high", high)):
                shown[name].append(float(value))
    show.that(
        740 < inside < 870,
        f"about 800 intervals have the truth inside (yours: {inside})",
        "Far fewer: too short, as with a normal quantile. Nearly all: too long, as without pairs or without √n.",
    )
    show.picture(plots.lines("The ends of 30 intervals at 80 %, and the truth", shown, xlabel="comparison"))

    show.tried("one seed, and four scores against five")
    for what, given in (("one seed", ([71], [69], 0.9)), ("four scores against five", (a[:4], b, 0.9))):
        show.that(_refused(paired_difference, *given), f"{what}: a ValueError", "Refuse it: one seed has no spread.")
    show.untried("other numbers of seeds and confidences, arrays instead of lists")
