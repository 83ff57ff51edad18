"""Public check of `compare`, on regimes that need no training: their accuracy is written down."""

from types import SimpleNamespace

import torch
from torch import nn

from tlcore import plots

RATES = [0.001, 0.01]
TABLE = {
    "full": {"size": 8, 0.001: [0.8, 0.75], 0.01: [0.7, 0.85]},
    "scratch": {"size": 4, 0.001: [0.4, 0.35], 0.01: [0.5, 0.45]},
    "random frozen": {"size": 2, 0.001: [0.3, 0.35], 0.01: [0.35, 0.25]},
}
"""For each rate: accuracy on validation and on the test, with 24 pictures seen. A seed of 2 costs 0.05."""


class _Answers(nn.Module):
    """Right on a share of the pictures: those whose number is below it."""

    def __init__(self, val, test):
        super().__init__()
        self.shares = (val, test)

    def forward(self, x):
        right = x[:, 0] < torch.where(x[:, 1] > 0, self.shares[1], self.shares[0]) - 1e-6
        return torch.stack([right.float(), 1 - right.float()], 1)


class _Regime:
    def __init__(self, world, name):
        self.world, self.name, self.batch_size = world, name, TABLE[name]["size"]

    def fit(self, batches, lr, seed):
        rows = sum(len(y) for _, y in batches)
        self.world.runs.append((self.name, lr, seed, rows))
        lost = 0.05 * (seed == 2) + 0.1 * (rows != 24)
        return _Answers(*(share - lost for share in TABLE[self.name][lr]))


class _Batches:
    def __init__(self, world, part, size, steps):
        self.world, self.part, self.size, self.steps = world, part, size, steps

    def __iter__(self):
        if self.part == "test":
            if len(self.world.runs) < len(self.world.regimes) * len(RATES):
                raise RuntimeError("the test pictures are read before every choice has been made")
            self.world.tested += 1
        for step in range(self.steps):
            number = (torch.arange(self.size) + step * self.size) / (self.size * self.steps)
            yield (
                torch.stack([number, torch.full_like(number, float(self.part == "test"))], 1),
                torch.zeros(self.size, dtype=torch.long),
            )


class _World:
    """Regimes and data, and what was asked of them."""

    def __init__(self, names):
        self.runs, self.tested = [], 0
        self.regimes = {name: _Regime(self, name) for name in names}

    def train(self, batch_size, steps, seed):
        return _Batches(self, "train", batch_size, steps)

    def val(self):
        return _Batches(self, "val", 20, 1)

    def test(self):
        return _Batches(self, "test", 10, 2)


BUDGET = SimpleNamespace(rates=RATES, examples=24, tuning_seeds=[1], seeds=[2, 3])
EXPECTED = {"full": (0.001, [0.7, 0.75]), "scratch": (0.01, [0.4, 0.45]), "random frozen": (0.01, [0.2, 0.25])}


def check(compare, show):
    show.tried("three regimes, two rates, one seed for tuning and two for the test, 24 pictures a run")
    world = _World(TABLE)
    table = compare(world.regimes, world, BUDGET)
    keys = ("rate", "val", "trials", "examples", "test")
    fits = isinstance(table, dict) and all(set(keys) <= set(table.get(name, ())) for name in TABLE)
    what = "Nothing came back: is a `return` missing?" if table is None else "One dict for each regime."
    if not show.that(fits, "it returns a row for each regime with " + ", ".join(keys), what):
        return
    rows = {name: sorted({rows for who, *_, rows in world.runs if who == name}) for name in TABLE}
    show.expect(
        "pictures that the runs have seen",
        rows,
        {name: [24] for name in TABLE},
        "Batches differ in size, so that equal steps are unequal pictures.",
    )
    tuning = {name: sorted({lr for who, lr, *_ in world.runs[:6] if who == name}) for name in TABLE}
    show.expect("rates in the first six runs", tuning, dict.fromkeys(TABLE, RATES), "Every regime tries every rate.")
    seeds = [sorted({seed for _, _, seed, _ in runs}) for runs in (world.runs[:6], world.runs[6:])]
    show.expect(
        "seeds that `fit` got in the first six runs, and after them", seeds, [[1], [2, 3]], "Tuning comes first."
    )
    show.expect("runs in all", len(world.runs), 12, "Three regimes: two trials each, and one run for each seed.")
    rates = {name: float(table[name]["rate"]) for name in TABLE}
    show.expect(
        "chosen rates",
        rates,
        {name: rate for name, (rate, _) in EXPECTED.items()},
        "The best on validation, for each regime its own. On the test, 0.01 would look better for full.",
    )
    tests = {name: [round(float(score), 4) for score in table[name]["test"]] for name in TABLE}
    show.expect(
        "accuracies on the test, by seed",
        tests,
        {name: scores for name, (_, scores) in EXPECTED.items()},
        "A new run for each of `budget.seeds`, in their order, at the chosen rate.",
        atol=1e-3,
    )
    show.expect("passes over the test", world.tested, 6, "One for each regime and seed, after all choices.")
    spent = {name: (int(table[name]["trials"]), int(table[name]["examples"])) for name in TABLE}
    show.expect("trials and examples", spent, dict.fromkeys(TABLE, (2, 24)), "Two rates with one tuning seed.")
    show.picture(
        plots.bars(
            "Mean accuracy on the test",
            list(TABLE),
            [sum(tests[name]) / max(len(tests[name]), 1) for name in TABLE],
            [sum(scores) / 2 for _, scores in EXPECTED.values()],
            ylabel="accuracy",
        )
    )
    for missing in ("scratch", "random frozen"):
        world = _World([name for name in TABLE if name != missing])
        try:
            compare(world.regimes, world, BUDGET)
            refused = False
        except ValueError:
            refused = not world.runs
        show.that(refused, f"without {missing}: a ValueError, and nothing is trained", "A claim needs its controls.")
    show.untried("several tuning seeds, which seed the training pictures get, other regimes")
