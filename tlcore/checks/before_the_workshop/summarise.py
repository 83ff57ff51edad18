"""Public check of `summarise`."""

from tlcore import plots

DAY = [21.5, -999, 22, 20.5]


def check(summarise, show):
    show.tried("the example by hand: `summarise([21.5, -999, 22, 20.5], skip=-999)`")
    result = summarise(DAY, skip=-999)
    if not show.that(result is not None, "it returns something", "Nothing came back. Is a `return` missing?"):
        return
    teach = "Three readings count. What divides their sum, and is the result rounded?"
    show.expect("count, mean and largest", _listed(result), [3, 21.33, 22], teach, atol=1e-4)
    means = [_mean(summarise(DAY, skip=skip)) for skip in (None, -999)]
    show.picture(
        plots.bars("The mean", ["all values", "without -999"], means, [-233.75, 21.33], ylabel="degrees Celsius")
    )

    show.tried("`summarise((1, 2, 5))`, a tuple, and `digits=0` and `digits=3`")
    show.expect("with two digits", _listed(summarise((1, 2, 5))), [3, 2.67, 5], "Two is the default.", atol=1e-4)
    teach = "`digits` says how many decimals are left."
    show.expect("with digits=0", _listed(summarise([1, 2, 5], digits=0)), [3, 3, 5], teach, atol=1e-4)
    show.expect("with digits=3", _listed(summarise([1, 2, 5], digits=3)), [3, 2.667, 5], teach, atol=1e-5)

    show.tried("to skip 0, twice in a row, in `[0, 0, 4, 2]`; and to skip -999 where the list has -999.0")
    teach = "0 is a number like any other, and it may stand there more than once. `if skip:` takes it for nothing."
    show.expect("count, mean and largest", _listed(summarise([0, 0, 4, 2], skip=0)), [2, 3, 4], teach, atol=1e-6)
    teach = "-999 and -999.0 are equal, but they are not the same object: compare with `==` or `!=`."
    show.expect("count, mean and largest", _listed(summarise([-999.0, 4, 2], skip=-999)), [2, 3, 4], teach, atol=1e-6)

    show.tried("an empty list, and a list in which all values are skipped")
    for values in ([], [-1, -1]):
        teach = "Nothing counts: there is no mean and no largest. Return early."
        show.expect(f"of {values}", _listed(summarise(values, skip=-1)), [0, None, None], teach)

    show.tried("two calls with one list")
    function = getattr(summarise, "__wrapped__", summarise)  # with this very list, not with a copy
    held = [3, -1, 5]
    answers = [_listed(function(held, skip=-1)) for _ in range(2)]
    show.expect("the list afterwards", held, [3, -1, 5], "Do not take values out of the list that you were given.")
    teach = "The second call knows of the first. A default such as `[]` is made once, and not for each call."
    show.expect("both answers", answers, [[2, 4, 5], [2, 4, 5]], teach, atol=1e-6)
    show.untried("other numbers, and whether `digits` and `skip` can be given without their names")


def _listed(result):
    """Three values as a list; anything else as it is."""
    return list(result) if isinstance(result, (tuple, list)) else result


def _mean(result):
    return result[1] if isinstance(result, (tuple, list)) and len(result) == 3 else None
