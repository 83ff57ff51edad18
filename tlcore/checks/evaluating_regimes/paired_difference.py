"""Public check of `paired_difference`."""

import random
from statistics import fmean, stdev

from scipy import stats

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


def _inside(low, high, differences):
    """How often an interval with these ends has the truth inside, if the five differences are drawn again and again.

    In standard errors, the mean of normal differences is as far from the truth as a t distribution says.
    """
    mean, error = fmean(differences), stdev(differences) / len(differences) ** 0.5
    t = stats.t(len(differences) - 1)
    return float(t.cdf((mean - low) / error) - t.cdf((mean - high) / error))


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

    show.tried("30 comparisons with five seeds whose true difference is 1, at 80 %")
    draw = random.Random(0)
    inside, shown = [], {"low": [], "truth": [], "high": []}
    for _ in range(30):
        luck = [draw.gauss(60, 3) for _ in range(5)]
        one, other = [x + draw.gauss(1, 1) for x in luck], [x + draw.gauss(0, 1) for x in luck]
        _, low, high, _ = paired_difference(one, other, 0.8)
        inside.append(_inside(low, high, [x - y for x, y in zip(one, other, strict=True)]))
        for name, value in (("low", low), ("truth", 1.0), ("high", high)):
            shown[name].append(float(value))
    share = 100 * fmean(inside)
    # A studentised bootstrap comes to 78 or so. With the deviation that divides by n it is 75.8.
    show.that(
        76.2 < share < 86,
        f"of 100 such intervals, about 80 have the truth inside (yours: {share:.1f})",
        "Fewer: too short. Which deviation is it, and which quantile? Nearly all: too long, as without pairs or √n.",
    )
    show.picture(plots.lines("The ends of 30 intervals at 80 %, and the truth", shown, xlabel="comparison"))

    show.tried("one seed, and four scores against five")
    for what, given in (("one seed", ([71], [69], 0.9)), ("four scores against five", (a[:4], b, 0.9))):
        show.that(_refused(paired_difference, *given), f"{what}: a ValueError", "Refuse it: one seed has no spread.")
    show.untried("other numbers of seeds and confidences, arrays instead of lists")
