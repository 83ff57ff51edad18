"""Public check of `read_metrics`."""

import math

from tlcore import plots


def check(read_metrics, show):
    show.tried("the example by hand: `[[8, 2], [1, 9]]`")
    result = read_metrics([[8, 2], [1, 9]])
    if not show.that(isinstance(result, dict), "it returns a dict", "Is a `return` missing?"):
        return
    show.expect("accuracy", result.get("accuracy"), 0.85, "The diagonal, divided by all.", atol=1e-6)
    swapped = "A row is what the pictures are: recall. A column is what was answered: precision."
    show.expect("recall", _listed(result.get("recall")), [0.8, 0.9], swapped, atol=1e-6)
    show.expect("precision", _listed(result.get("precision")), [8 / 9, 9 / 11], swapped, atol=1e-6)

    show.tried("three classes of 60, 30 and 10 pictures")
    result = read_metrics([[50, 10, 0], [9, 20, 1], [5, 2, 3]])
    teach = "Every picture counts the same, not every class."
    show.expect("accuracy", result.get("accuracy"), 0.73, teach, atol=1e-6)
    teach = "Who always says the commonest class is right about its 60 pictures."
    show.expect("majority", result.get("majority"), 0.6, teach, atol=1e-6)
    recall = [50 / 60, 20 / 30, 3 / 10]
    precision = [50 / 64, 20 / 32, 3 / 4]
    show.expect("recall", _listed(result.get("recall")), recall, swapped, atol=1e-6)
    show.expect("precision", _listed(result.get("precision")), precision, swapped, atol=1e-6)
    labels = [f"{metric} {k}" for metric in ("recall", "precision") for k in range(3)]
    yours = [*_three(result.get("recall")), *_three(result.get("precision"))]
    show.picture(plots.bars("Recall and precision of classes 0, 1, 2", labels, yours, [*recall, *precision]))

    show.tried("the leaves: `[[980, 0], [20, 0]]`, where the second class was never answered")
    result = read_metrics([[980, 0], [20, 0]])
    show.expect("accuracy", result.get("accuracy"), 0.98, "The diagonal, divided by all.", atol=1e-6)
    show.expect(
        "majority",
        result.get("majority"),
        0.98,
        "Always saying the first class is right about its 980 pictures.",
        atol=1e-6,
    )
    teach = "Nothing was called so: 0 / 0 is `math.nan`. Nothing else is nan."
    show.expect("precision", _listed(result.get("precision")), [0.98, math.nan], teach, atol=1e-6)
    show.expect("recall", _listed(result.get("recall")), [1.0, 0.0], "None of 20 was found: 0.", atol=1e-6)

    show.tried("`[[4, 1], [0, 0]]`, where the second class has no picture")
    result = read_metrics([[4, 1], [0, 0]])
    teach = "There is no picture of it: 0 / 0 is `math.nan`."
    show.expect("recall", _listed(result.get("recall")), [0.8, math.nan], teach, atol=1e-6)
    show.expect("precision", _listed(result.get("precision")), [1.0, 0.0], "One was called so, wrongly.", atol=1e-6)
    show.untried("more classes, and whether the table stays as it is")


def _listed(values):
    return list(values) if isinstance(values, tuple) else values


def _three(values):
    """Three numbers for the picture, or gaps."""
    try:
        return [float(value) for value in values][:3]
    except (ValueError, TypeError):
        return [None] * 3
