"""Wrong ideas about `compare`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import fmean
from typing import Any

from tlcore.misconceptions.registry import misconception
from tlcore.reference.evaluating_regimes.evaluate import evaluate

Table = dict[str, dict[str, Any]]
Regimes = Mapping[str, Any]


def _compare(
    regimes: Regimes,
    data: Any,
    budget: Any,
    controls: bool = True,
    size_of: Callable[[str], int] | None = None,
    one_rate: bool = False,
    on_test: bool = False,
    rates_of: Callable[[str], list[float]] | None = None,
    seeds_of: Callable[[int], list[int]] | None = None,
    tested: str = "each seed",
) -> Table:
    """The sound comparison, with one thing wrong."""
    if controls and not {"scratch", "random frozen"} <= set(regimes):
        raise ValueError("controls are missing")

    def run(name: str, rate: float, seed: int) -> Any:
        size = regimes[name].batch_size
        steps = budget.examples // (size_of(name) if size_of else size)
        return regimes[name].fit(data.train(size, steps, seed), rate, seed)

    val: dict[str, dict[float, float]] = {}
    models = {}
    for name in regimes:
        val[name] = {}
        for rate in rates_of(name) if rates_of else budget.rates:
            scores = []
            for seed in budget.tuning_seeds:
                models[name, rate] = run(name, rate, seed)
                part = data.test() if on_test else data.val()
                scores.append(evaluate(models[name, rate], part)["accuracy"])
            val[name][rate] = fmean(scores)
    common = max(budget.rates, key=lambda rate: fmean(val[name].get(rate, 0.0) for name in regimes))
    table: Table = {}
    for at, name in enumerate(regimes):
        best = common if one_rate else max(val[name], key=lambda rate: val[name][rate])
        test = []
        for seed in seeds_of(at) if seeds_of else budget.seeds:
            model = models[name, best] if tested == "the tuned model" else run(name, best, seed)
            test.append(evaluate(model, data.test())["accuracy"])
        if tested == "the best seed":
            test = [max(test)] * len(test)
        trials = len(val[name]) * len(budget.tuning_seeds)
        table[name] = {
            "rate": best,
            "val": val[name][best],
            "trials": trials,
            "examples": budget.examples,
            "test": test,
        }
    return table


@misconception(asks="A head alone and a whole network: is the rate that is best for one best for the other?")
def one_rate_for_all(regimes: Regimes, data: Any, budget: Any) -> Table:
    """All regimes get the rate that is best on average."""
    return _compare(regimes, data, budget, one_rate=True)


@misconception(asks="After equally many steps, who has seen more pictures: batches of 8 or of 32?")
def equal_steps(regimes: Regimes, data: Any, budget: Any) -> Table:
    """All regimes get the steps that fit the first one's batches."""
    return _compare(regimes, data, budget, size_of=lambda name: next(iter(regimes.values())).batch_size)


@misconception(asks="If the test chooses the rate, what is left to say how well the chosen rate does?")
def rate_chosen_on_test(regimes: Regimes, data: Any, budget: Any) -> Table:
    """The test pictures decide which rate is best."""
    return _compare(regimes, data, budget, on_test=True)


@misconception(asks="Your network beats the others. Would the same network with random weights beat them too?")
def controls_not_needed(regimes: Regimes, data: Any, budget: Any) -> Table:
    """A comparison without controls is made like any other."""
    return _compare(regimes, data, budget, controls=False)


@misconception(asks="How many times was the final model trained, and how many numbers do you report of it?")
def tuned_model_is_final(regimes: Regimes, data: Any, budget: Any) -> Table:
    """The model of the best trial is tested again and again, instead of a new one for each seed."""
    return _compare(regimes, data, budget, tested="the tuned model")


@misconception(asks="Which regime gets lucky more easily: one with three tries, or one with six?")
def favourite_has_more_trials(regimes: Regimes, data: Any, budget: Any) -> Table:
    """The last regime, one's own, may try rates between those of the budget as well."""
    favourite = list(regimes)[-1]
    more = [2 * rate for rate in budget.rates]
    return _compare(regimes, data, budget, rates_of=lambda name: [*budget.rates, *(more if name == favourite else [])])


@misconception(asks="Seed 3 is a lucky draw. Does every regime get that draw?")
def every_regime_has_seeds_of_its_own(regimes: Regimes, data: Any, budget: Any) -> Table:
    """The seeds go on counting from regime to regime, so that there are no pairs."""
    return _compare(regimes, data, budget, seeds_of=lambda at: [seed + 1000 * at for seed in budget.seeds])


@misconception(asks="What would you report of a regime that is good with one seed in five?")
def best_seed_reported(regimes: Regimes, data: Any, budget: Any) -> Table:
    """The test accuracy of the best seed stands for all of them."""
    return _compare(regimes, data, budget, tested="the best seed")
