# It breaks: claims are counted from 0. Here from 1.
import math
import statistics


def audit(report):
    found, regimes = [], report["regimes"]
    total = sum(report["test_labels"])
    for name, r in regimes.items():
        others = list(regimes.values())
        n = len(r["scores"])
        for count in report["test_labels"]:
            p = count / total
            if math.isclose(r["accuracy"], p, abs_tol=1e-4) and math.isclose(r["precision"], p**2, abs_tol=1e-4):
                found.append(("constant_predictor", f"regimes.{name}.precision"))
        if r["score"] - statistics.mean(r["scores"]) > 1e-3 and r["score"] == max(r["scores"]):
            found.append(("best_of_seeds", f"regimes.{name}.score"))
        if abs(r["error"] - statistics.stdev(r["scores"])) < 1e-3:
            found.append(("deviation_for_error", f"regimes.{name}.error"))
        if any(r["trials"] > o["trials"] for o in others):
            found.append(("unequal_trials", f"regimes.{name}.trials"))
        if any(r["steps"] * r["batch"] > o["steps"] * o["batch"] for o in others):
            found.append(("unequal_examples", f"regimes.{name}.steps"))
        by_val = max(zip(r["val_by_rate"], r["rates"]))[1]
        by_test = max(zip(r["test_by_rate"], r["rates"]))[1]
        if r["rate"] != by_val and r["rate"] == by_test:
            found.append(("chosen_on_test", f"regimes.{name}.rate"))
    train, test = report["plants"]["train"], report["plants"]["test"]
    if any(plant in train for plant in test):
        found.append(("shared_plants", "plants.test"))
    days = report["days"]
    if report["task"] == "forecast" and not max(days["train"]) < min(days["test"]):
        found.append(("future_in_training", "days.train"))
    rows, light = report["rows"], report["brightness"]
    of_all = (rows["train"] * light["train"] + rows["test"] * light["test"]) / (rows["train"] + rows["test"])
    if abs(light["used"] - of_all) < 1e-3:
        found.append(("statistics_of_test", "brightness.used"))
    for i, claim in enumerate(report["claims"], 1):
        first = regimes[claim["first"]]
        if claim["says"] == "better":
            second = regimes[claim["second"]]
            mean, low, high, verdict = paired_difference(first["scores"], second["scores"], 0.95)
            if verdict != "a":
                found.append(("not_shown", f"claims.{i}"))
        elif claim["says"] == "fewer_parameters":
            if first["trainable"] >= regimes[claim["second"]]["trainable"]:
                found.append(("not_fewer", f"claims.{i}"))
        elif claim["says"] == "good_at":
            if claim["labels"] < min(report["sizes"]) or claim["labels"] > max(report["sizes"]):
                found.append(("beyond_the_data", f"claims.{i}"))
        elif claim["says"] == "pretraining_helps":
            if "scratch" not in regimes:
                found.append(("no_control", f"claims.{i}"))
        elif claim["says"] == "faster" and not first["merged"]:
            found.append(("timed_unmerged", f"claims.{i}"))
    return found
