# %% question="evaluate"
def evaluate(model, loader):
    was = model.training
    model.eval()
    Z, Y = [], []
    with torch.no_grad():
        for x, y in loader:
            Z.append(logits_of(model(x)))
            Y.append(y)
    model.train(was)
    Z, Y = torch.cat(Z), torch.cat(Y)
    K = Z.shape[1]
    C = torch.zeros(K, K)
    for t, s in zip(Y, Z.argmax(1)):
        C[t, s] += 1
    f1 = [2 * C[k, k] / max(C[k].sum() + C[:, k].sum(), 1) for k in range(K)]
    return {
        "n": len(Y), "loss": F.cross_entropy(Z, Y).item(), "confusion": C,
        "accuracy": C.diag().sum().item() / len(Y), "macro_f1": float(sum(f1)) / K,
        "majority": C.sum(1).max().item() / len(Y),
    }

# %% question="compare"
def compare(regimes, data, budget):
    for need in ["scratch", "random frozen"]:
        if need not in regimes:
            raise ValueError(need)
    # the same number of steps for everybody, that is only fair
    steps = budget.examples // list(regimes.values())[0].batch_size
    rows = {}
    for name, reg in regimes.items():
        val = []
        for lr in budget.rates:
            accs = [evaluate(reg.fit(data.train(reg.batch_size, steps, s), lr, s), data.val())["accuracy"] for s in budget.tuning_seeds]
            val.append(sum(accs) / len(accs))
        i = val.index(max(val))
        rows[name] = {"rate": budget.rates[i], "val": val[i], "trials": len(budget.rates) * len(budget.tuning_seeds), "examples": budget.examples}
    for name, reg in regimes.items():
        rows[name]["test"] = [
            evaluate(reg.fit(data.train(reg.batch_size, steps, s), rows[name]["rate"], s), data.test())["accuracy"] for s in budget.seeds
        ]
    return rows

# %% question="paired_difference"
from scipy import stats
import numpy as np

def paired_difference(a, b, conf):
    a, b = np.array(a), np.array(b)
    if len(a) != len(b) or len(a) < 2:
        raise ValueError("no")
    d = a - b
    m = d.mean()
    h = stats.norm.ppf((1 + conf) / 2) * d.std(ddof=1) / np.sqrt(len(d))
    v = "inconclusive"
    if m - h > 0:
        v = "a"
    if m + h < 0:
        v = "b"
    return m, m - h, m + h, v

# %% question="data_efficiency"
import random

def data_efficiency(sizes, seeds, regimes, data):
    bad = set(data.plants[i] for i in data.test)
    free = [i for i in range(len(data.labels)) if data.plants[i] not in bad]
    out = {name: {n: [] for n in sizes} for name in regimes}
    for s in seeds:
        for n in sizes:
            rng = random.Random(1000 * s + n)
            rows = []
            for c in sorted(set(data.labels)):
                rows += rng.sample([i for i in free if data.labels[i] == c], n)
            for name, f in regimes.items():
                out[name][n].append(f(rows, data.steps, s))
    x, y = list(out)[0], list(out)[1]
    who = [paired_difference(out[x][n], out[y][n], 0.95)[3] for n in sizes]
    cross = None
    if "b" in who:
        j = who.index("b")
        i = [k for k in range(j) if who[k] == "a"]
        if i:
            cross = (sizes[i[-1]], sizes[j])
    return {"curves": out, "crossover": cross}

# %% question="audit"
import statistics

def audit(report):
    out = []
    R = report["regimes"]
    tot = sum(report["test_labels"])
    least = min(r["trials"] for r in R.values())
    # batches differ, so only steps can be compared
    fewest = min(r["steps"] for r in R.values())
    for k, r in R.items():
        if any(abs(c / tot - r["accuracy"]) < 2e-4 and abs((c / tot) ** 2 - r["precision"]) < 2e-4 for c in report["test_labels"]):
            out.append(("constant_predictor", f"regimes.{k}.precision"))
        if r["score"] == max(r["scores"]):
            out.append(("best_of_seeds", f"regimes.{k}.score"))
        if abs(r["error"] - statistics.stdev(r["scores"])) < 2e-4:
            out.append(("deviation_for_error", f"regimes.{k}.error"))
        if r["trials"] > least:
            out.append(("unequal_trials", f"regimes.{k}.trials"))
        if r["steps"] > fewest:
            out.append(("unequal_examples", f"regimes.{k}.steps"))
        best = lambda key: r["rates"][r[key].index(max(r[key]))]
        if r["rate"] == best("test_by_rate") and r["rate"] != best("val_by_rate"):
            out.append(("chosen_on_test", f"regimes.{k}.rate"))
    if set(report["plants"]["train"]) & set(report["plants"]["test"]):
        out.append(("shared_plants", "plants.test"))
    if report["task"] == "forecast" and max(report["days"]["train"]) >= min(report["days"]["test"]):
        out.append(("future_in_training", "days.train"))
    b, n = report["brightness"], report["rows"]
    if abs(b["used"] - (b["train"] * n["train"] + b["test"] * n["test"]) / (n["train"] + n["test"])) < 2e-4:
        out.append(("statistics_of_test", "brightness.used"))
    for i, c in enumerate(report["claims"]):
        f = R[c["first"]]
        if c["says"] == "better" and paired_difference(f["scores"], R[c["second"]]["scores"], 0.95)[3] != "a":
            out.append(("not_shown", f"claims.{i}"))
        if c["says"] == "fewer_parameters" and f["trainable"] >= R[c["second"]]["trainable"]:
            out.append(("not_fewer", f"claims.{i}"))
        if c["says"] == "good_at" and not min(report["sizes"]) <= c["labels"] <= max(report["sizes"]):
            out.append(("beyond_the_data", f"claims.{i}"))
        if c["says"] == "pretraining_helps" and "scratch" not in R:
            out.append(("no_control", f"claims.{i}"))
        if c["says"] == "faster" and not f["merged"]:
            out.append(("timed_unmerged", f"claims.{i}"))
    return out
