"""Hidden tests of `compare`: regimes whose accuracy tells how they were trained, and data that count."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from grader.hidden.registry import hidden_test
from grader.student.answers import LearnerError

CONTROLS = ["scratch", "random frozen"]
STAND_INS = ("evaluate",)
ATOL = 1e-6


def world(student: Any, given: Any, names: list[str] | None = None, pictures: bool = False, tuning: int = 2) -> Any:
    """Three or four regimes with batches of their own and best rates of their own, and a budget.

    `pictures`: whether their number changes how good a model is. `tuning`: how many seeds there are for it.
    """
    if names is None:
        names = [*CONTROLS, *given.names(given.integer(1, 2))]
        given.random.shuffle(names)
    rates = sorted(given.random.sample([0.0003, 0.001, 0.003, 0.01, 0.03, 0.1], 4))
    batch_sizes = given.random.sample([4, 8, 16, 32], len(names))
    plans = {}
    for at, (name, size) in enumerate(zip(names, batch_sizes, strict=True)):
        # The first has its best rate at one end and the second at the other, so that no rate is best for both.
        best = {0: 0, 1: 3}.get(at, given.integer(0, 3))
        on_test = (best + given.integer(1, 3)) % 4
        peak = given.random.uniform(0.6, 0.85)
        plans[name] = {"batch_size": size, "peak": peak, "best": rates[best], "best_on_test": rates[on_test]}
    final = given.integer(3, 4)
    seeds = given.distinct(tuning + final, 0, 999)
    budget = {"rates": rates, "examples": given.choice([96, 128, 160]), "tuning_seeds": seeds[:tuning]}
    budget["seeds"] = seeds[tuning:]
    trials = len(names) * len(rates) * tuning
    made = student.tools.trials(
        plans,
        given.integer(0, 10**9),
        budget["examples"] if pictures else None,
        trials,
        (given.integer(120, 160), given.integer(160, 220)),
    )
    budget = student.tools.settings(**budget)
    return SimpleNamespace(regimes=made["regimes"], data=made["data"], budget=budget, names=names, trials=trials)


def compared(student: Any, w: Any, expect: Any) -> Any:
    """The answer's table. If it stops early, how many trials there had been tells one reason from another."""
    try:
        return student.compare(w.regimes, w.data, w.budget)
    except LearnerError as error:
        if error.kind not in ("Blank", "MissingAnswer", "TimeLimit", "Died"):
            done = student.tools.trial_counts(w.data)["val"]
            expect(done, "how often the validation pictures had been gone through when it stopped", equals=w.trials)
        raise


def rows_of(table: Any, names: list[str], *wanted: str) -> dict[str, list[float]]:
    """The wanted entries of each regime's row, lists flattened."""
    found = {}
    for name in names:
        values = [table[name][key] for key in wanted]
        found[name] = [float(v) for value in values for v in (value if isinstance(value, list | tuple) else [value])]
    return found


@hidden_test(weight=3, stand_ins=STAND_INS, says="Whose rate is it, chosen on which pictures, and by how many trials?")
def test_every_regime_has_its_own_rate(student, given, expect):
    """Each regime gets the rate that is best for it on validation, after equally many trials"""
    for tuning in (1, 3):
        w = world(student, given, tuning=tuning)
        table = compared(student, w, expect)
        expect(rows_of(table, w.names, "rate"), "the chosen rates", atol=1e-9)
        expect(rows_of(table, w.names, "val"), "their accuracies on validation", atol=ATOL)
        expect(student.tools.trial_counts(w.data)["val"], "how often the validation pictures were gone through")
        runs = {name: len(done) for name, done in student.tools.trial_counts(w.data)["runs"].items()}
        expect(runs, "runs of each regime")


@hidden_test(weight=3, stand_ins=STAND_INS, says="How many pictures does a regime see whose batches are larger?")
def test_every_run_has_the_same_number_of_pictures(student, given, expect):
    """Every run sees `budget.examples` pictures, whatever the batch size, and the table says what was spent"""
    for tuning in (1, 3):
        w = world(student, given, pictures=True, tuning=tuning)
        table = compared(student, w, expect)
        pictures = {
            name: sorted({rows for *_, rows in done})
            for name, done in student.tools.trial_counts(w.data)["runs"].items()
        }
        expect(pictures, "pictures that the runs of each regime have seen")
        expect(student.tools.trial_counts(w.data)["sizes"], "sizes of the batches of each regime")
        expect(rows_of(table, w.names, "trials", "examples"), "trials and examples in the table")
        expect(rows_of(table, w.names, "val"), "accuracies on validation", atol=ATOL)


@hidden_test(weight=3, stand_ins=STAND_INS, says="Which seeds, which model, and how many looks at the test?")
def test_the_test_is_read_once_for_each_seed(student, given, expect):
    """For each of the seeds, the same for all regimes, a new run and one pass over the test, after all choices"""
    for tuning in (1, 3):
        w = world(student, given, tuning=tuning)
        table = compared(student, w, expect)
        counts = student.tools.trial_counts(w.data)
        expect(counts["test"], "how often the test pictures were gone through")
        expect(rows_of(table, w.names, "test"), "accuracies on the test, by seed", atol=ATOL)
        seeds = {name: sorted({seed for _, seed, _ in done}) for name, done in counts["runs"].items()}
        expect(seeds, "seeds of each regime")


def refused(student: Any, w: Any) -> bool:
    """Whether the answer raises a ValueError of its own."""
    try:
        student.compare(w.regimes, w.data, w.budget)
    except LearnerError as error:
        if error.kind in ("Blank", "MissingAnswer", "TimeLimit", "Died"):
            raise
        return error.kind == "ValueError"
    return False


@hidden_test(weight=1, stand_ins=STAND_INS, says="What does a regime have to beat before pre-training gets the credit?")
def test_controls_are_asked_for(student, given, expect):
    """Without `scratch` or `random frozen` a ValueError, before anything is trained"""
    for missing in ([CONTROLS[0]], [CONTROLS[1]], CONTROLS):
        names = [given.name(), given.name() + "a", *(name for name in CONTROLS if name not in missing)]
        w = world(student, given, names)
        expect.that(refused(student, w), f"without {' and '.join(missing)}, a ValueError is raised")
        runs = sum(len(done) for done in student.tools.trial_counts(w.data)["runs"].values())
        expect(runs, "runs before it was refused", equals=0)
    w = world(student, given, CONTROLS)
    table = student.compare(w.regimes, w.data, w.budget)
    expect(rows_of(table, w.names, "test"), "accuracies of the two controls alone", atol=ATOL)
