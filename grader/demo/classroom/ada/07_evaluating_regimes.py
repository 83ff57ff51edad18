# %% question="evaluate"
# Nothing is kept but counts; plain Python for the rest.
from collections import Counter

import torch
import torch.nn.functional as F
from tlcore.models import logits_of


def evaluate(model, loader):
    states = [m.training for m in model.modules()]
    model.eval()
    loss, pairs, k = 0.0, Counter(), 0
    with torch.no_grad():
        for x, y in loader:
            z = logits_of(model(x))
            k = z.shape[1]
            loss += F.cross_entropy(z, y, reduction="sum").item()
            pairs.update(zip(y.tolist(), z.argmax(dim=1).tolist()))
    for m, state in zip(model.modules(), states):
        m.training = state
    n = sum(pairs.values())
    table = [[pairs[i, j] for j in range(k)] for i in range(k)]
    f1 = []
    for c in range(k):
        tp = table[c][c]
        fn, fp = sum(table[c]) - tp, sum(row[c] for row in table) - tp
        f1.append(2 * tp / (2 * tp + fp + fn) if tp else 0.0)
    return {
        "confusion": table,
        "n": n,
        "accuracy": sum(table[c][c] for c in range(k)) / n,
        "macro_f1": sum(f1) / k,
        "majority": max(map(sum, table)) / n,
        "loss": loss / n,
    }

# %% question="compare"
# All final models are trained before the first of them is tested; seed by seed.
from collections import defaultdict

import numpy as np


def compare(regimes, data, budget):
    if "scratch" not in regimes or "random frozen" not in regimes:
        raise ValueError("the controls are missing")
    steps = {name: budget.examples // regime.batch_size for name, regime in regimes.items()}
    grid = {}
    for name, regime in regimes.items():
        grid[name] = np.zeros((len(budget.rates), len(budget.tuning_seeds)))
        for i, rate in enumerate(budget.rates):
            for j, seed in enumerate(budget.tuning_seeds):
                batches = data.train(regime.batch_size, steps[name], seed)
                grid[name][i, j] = evaluate(regime.fit(batches, lr=rate, seed=seed), data.val())["accuracy"]
    final = defaultdict(list)
    for seed in budget.seeds:
        for name, regime in regimes.items():
            rate = budget.rates[grid[name].mean(1).argmax()]
            final[name].append(regime.fit(data.train(regime.batch_size, steps[name], seed), lr=rate, seed=seed))
    rows = {}
    for name, models in final.items():
        mean = grid[name].mean(1)
        rows[name] = {"rate": budget.rates[mean.argmax()], "val": mean.max(), "trials": mean.size * len(budget.tuning_seeds)}
        rows[name] |= {"examples": budget.examples, "test": [evaluate(m, data.test())["accuracy"] for m in models]}
    return rows

# %% question="paired_difference"
# SciPy's paired test has the interval.
from scipy.stats import ttest_rel


def paired_difference(a, b, conf):
    if len(a) != len(b):
        raise ValueError("not the same seeds")
    if len(a) <= 1:
        raise ValueError("one seed shows no spread")
    found = ttest_rel(a, b).confidence_interval(confidence_level=conf)
    lo, hi = found.low, found.high
    verdict = "inconclusive"
    if lo > 0:
        verdict = "a"
    elif hi < 0:
        verdict = "b"
    return (lo + hi) / 2, lo, hi, verdict

# %% question="data_efficiency"
# NumPy draws; arrays of rows; seeds outside of sizes.
import numpy as np


def data_efficiency(sizes, seeds, regimes, data):
    labels, plants = np.array(data.labels), np.array(data.plants)
    free = ~np.isin(plants, plants[list(data.test)])
    curves = {name: {int(n): [] for n in sizes} for name in regimes}
    for seed in seeds:
        rng = np.random.default_rng(seed)
        order = {c: rng.permutation(np.flatnonzero(free & (labels == c))) for c in np.unique(labels)}
        for n in sizes:
            draw = np.sort(np.concatenate([rows[:n] for rows in order.values()]))
            for name, regime in regimes.items():
                curves[name][n].append(regime(draw, data.steps, seed))
    one, two, *_ = regimes
    lead = np.array([paired_difference(curves[one][n], curves[two][n], 0.95)[3] for n in sizes])
    crossover = None
    if (lead == "b").any():
        end = int(np.argmax(lead == "b"))
        starts = np.flatnonzero(lead[:end] == "a")
        if len(starts):
            crossover = [sizes[starts[-1]], sizes[end]]
    return dict(curves=curves, crossover=crossover)

# %% question="audit"
# A generator of lists, rules as small functions, NumPy for the numbers; findings in another order.
import numpy as np


def audit(report):
    return list(reversed([*of_claims(report), *of_data(report), *of_regimes(report["regimes"], report["test_labels"])]))


def of_regimes(regimes, counts):
    shares = np.array(counts) / np.sum(counts)
    seen = {name: r["steps"] * r["batch"] for name, r in regimes.items()}
    trials = {name: r["trials"] for name, r in regimes.items()}
    for name, r in regimes.items():
        at = f"regimes.{name}"
        scores = np.array(r["scores"])
        if np.any(np.isclose(shares, r["accuracy"], atol=2e-4) & np.isclose(shares**2, r["precision"], atol=2e-4)):
            yield "constant_predictor", at + ".precision"
        if abs(r["score"] - scores.mean()) > 1e-3 and np.isclose(r["score"], scores.max()):
            yield ("best_of_seeds", at + ".score")
        if np.isclose(r["error"], scores.std(ddof=1), atol=2e-4):
            yield ("deviation_for_error", at + ".error")
        if trials[name] > min(trials.values()):
            yield ["unequal_trials", at + ".trials"]
        if seen[name] > min(seen.values()):
            yield ["unequal_examples", at + ".steps"]
        chosen = r["rates"].index(r["rate"])
        if chosen == np.argmax(r["test_by_rate"]) != np.argmax(r["val_by_rate"]):
            yield ("chosen_on_test", at + ".rate")


def of_data(report):
    if not set(report["plants"]["train"]).isdisjoint(report["plants"]["test"]):
        yield ("shared_plants", "plants.test")
    if report["task"] == "forecast":
        if sorted(report["days"]["train"])[-1] >= sorted(report["days"]["test"])[0]:
            yield ("future_in_training", "days.train")
    rows, light = report["rows"], report["brightness"]
    if np.isclose(np.average([light["train"], light["test"]], weights=[rows["train"], rows["test"]]), light["used"], atol=2e-4):
        yield ("statistics_of_test", "brightness.used")


def of_claims(report):
    regimes = report["regimes"]
    for number, claim in enumerate(report["claims"]):
        one, other = regimes[claim["first"]], regimes.get(claim.get("second"))
        rules = {
            "better": lambda: (paired_difference(one["scores"], other["scores"], 0.95)[1] <= 0, "not_shown"),
            "fewer_parameters": lambda: (one["trainable"] >= other["trainable"], "not_fewer"),
            "good_at": lambda: (not min(report["sizes"]) <= claim["labels"] <= max(report["sizes"]), "beyond_the_data"),
            "pretraining_helps": lambda: ("scratch" not in regimes, "no_control"),
            "faster": lambda: (not one["merged"], "timed_unmerged"),
        }
        flawed, code = rules[claim["says"]]()
        if flawed:
            yield code, f"claims.{number}"

