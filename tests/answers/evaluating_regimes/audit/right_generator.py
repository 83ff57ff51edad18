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
