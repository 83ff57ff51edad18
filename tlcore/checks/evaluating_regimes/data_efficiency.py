"""Public check of `data_efficiency`, on regimes that only write down what they are given."""

from types import SimpleNamespace

from tlcore import plots

SIZES, SEEDS = [2, 4, 8], [1, 2, 3, 4, 5]
LABELS = [0] * 20 + [1] * 24
PLANTS = [row // 2 for row in range(44)]
TEST = [0, 5, 21, 30, 43]
PLANNED = {
    "probe": {2: [60, 62, 61, 63, 59], 4: [66, 65, 67, 64, 66], 8: [70, 71, 69, 70, 72]},
    "full": {2: [50, 53, 52, 52, 50], 4: [67, 64, 66, 66, 65], 8: [76, 78, 75, 75, 79]},
}
"""The first is clearly ahead with 2 labels, the second with 8; with 4 the difference is 0 ± 1.2."""


class _Regime:
    def __init__(self, name, runs, scores):
        self.name, self.runs, self.scores = name, runs, scores

    def __call__(self, rows, steps, seed):
        rows = [int(row) for row in rows]
        self.runs.append((self.name, seed, rows, steps))
        n = min(SIZES, key=lambda size: abs(size - len(rows) / 2))
        return float(self.scores[n][SEEDS.index(seed)])


def _run(data_efficiency, planned):
    runs = []
    regimes = {name: _Regime(name, runs, scores) for name, scores in planned.items()}
    data = SimpleNamespace(labels=list(LABELS), plants=list(PLANTS), test=list(TEST), steps=30)
    return data_efficiency(list(SIZES), list(SEEDS), regimes, data), runs


def check(data_efficiency, show):
    show.tried("44 rows of two classes, two rows a plant, five rows in the test; sizes 2, 4 and 8; five seeds")
    found, runs = _run(data_efficiency, PLANNED)
    what = "Nothing came back: is a `return` missing?" if found is None else "A dict with these two entries."
    fits = isinstance(found, dict) and {"curves", "crossover"} <= set(found)
    if not show.that(fits, "it returns curves and crossover", what):
        return
    tested = {PLANTS[row] for row in TEST}
    leaked = sorted({row for _, _, rows, _ in runs for row in rows if PLANTS[row] in tested})
    show.expect(
        "rows of test plants that are trained on", leaked, [], "Row 1 is of the plant of row 0, which is tested."
    )
    shapes = sorted({tuple(sum(LABELS[r] == c for r in set(rows)) for c in (0, 1)) for _, _, rows, _ in runs})
    show.expect("rows of class 0 and of class 1 in the draws", shapes, [(2, 2), (4, 4), (8, 8)], "n of each class.")
    draws = {}
    for name, seed, rows, _ in runs:
        draws.setdefault((seed, len(rows)), {})[name] = frozenset(rows)
    alike = all(len(set(by_name.values())) == 1 for by_name in draws.values())
    show.that(alike, "both regimes train on the same rows", "Draw first, then give the draw to every regime.")
    one = {key: next(iter(by_name.values())) for key, by_name in draws.items()}
    nested = all(one.get((seed, 4), set()) <= one.get((seed, 8), set()) for seed in SEEDS)
    nested = nested and all(one.get((seed, 8), set()) <= one.get((seed, 16), set()) for seed in SEEDS)
    show.that(nested, "the draw of a size holds the smaller ones of its seed", "Shuffle once for each seed.")
    different = len({one.get((seed, 16)) for seed in SEEDS}) > 1
    show.that(different, "other seeds draw other rows", "Otherwise the curves say nothing of other photos.")
    steps = sorted({steps for *_, steps in runs})
    show.expect("numbers of steps", steps, [30], "`data.steps`, at every size.")
    curves = {name: {n: list(map(float, found["curves"][name][n])) for n in SIZES} for name in PLANNED}
    show.expect("the curves", curves, PLANNED, "One score for each seed, in the order of the seeds.", atol=1e-6)
    show.picture(
        plots.lines(
            "Mean accuracy by labels per class",
            {name: [sum(curves[name][n]) / max(len(curves[name][n]), 1) for n in SIZES] for name in PLANNED},
            x=SIZES,
            xlabel="labels per class",
            ylabel="accuracy (%)",
        )
    )
    crossover = found["crossover"]
    shown = None if crossover is None else tuple(int(n) for n in crossover)
    show.expect("crossover", shown, (2, 8), "With 4 labels the interval holds zero: that size belongs to neither.")

    show.tried("a first regime that leads at every size, and the two regimes exchanged")
    ahead = {"probe": PLANNED["probe"], "full": {n: [s - 9 for s in PLANNED["probe"][n]] for n in SIZES}}
    ahead["full"] = {n: [s - (i % 2) for i, s in enumerate(ahead["full"][n])] for n in SIZES}
    found, _ = _run(data_efficiency, ahead)
    show.expect("crossover", found["crossover"], None, "What comes after the last size was not measured.")
    found, _ = _run(data_efficiency, {"full": PLANNED["full"], "probe": PLANNED["probe"]})
    show.expect("crossover", found["crossover"], None, "The second is never ahead at more labels than the first.")
    show.untried("more classes, more regimes, plants with more rows")
