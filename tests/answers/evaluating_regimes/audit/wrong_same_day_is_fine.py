# It breaks: every training day is before every test day. Here a day may be both.
from statistics import fmean, stdev


def near(x, y):
    return abs(x - y) < 0.0002


def audit(report):
    regimes, found = report["regimes"], []
    total = sum(report["test_labels"])
    shares = [n / total for n in report["test_labels"]]
    for name, r in regimes.items():
        if any(near(r["accuracy"], p) and near(r["precision"], p * p) for p in shares):
            found.append(("constant_predictor", f"regimes.{name}.precision"))
        if near(r["score"], max(r["scores"])) and not near(r["score"], fmean(r["scores"])):
            found.append(("best_of_seeds", f"regimes.{name}.score"))
        if near(r["error"], stdev(r["scores"])):
            found.append(("deviation_for_error", f"regimes.{name}.error"))
        if r["trials"] > min(o["trials"] for o in regimes.values()):
            found.append(("unequal_trials", f"regimes.{name}.trials"))
        if r["steps"] * r["batch"] > min(o["steps"] * o["batch"] for o in regimes.values()):
            found.append(("unequal_examples", f"regimes.{name}.steps"))
        i = r["rates"].index(r["rate"])
        if r["test_by_rate"][i] == max(r["test_by_rate"]) and r["val_by_rate"][i] < max(r["val_by_rate"]):
            found.append(("chosen_on_test", f"regimes.{name}.rate"))
    if set(report["plants"]["train"]) & set(report["plants"]["test"]):
        found.append(("shared_plants", "plants.test"))
    if report["task"] == "forecast" and max(report["days"]["train"]) > min(report["days"]["test"]):
        found.append(("future_in_training", "days.train"))
    n, m = report["rows"]["train"], report["rows"]["test"]
    b = report["brightness"]
    if near(b["used"], (n * b["train"] + m * b["test"]) / (n + m)):
        found.append(("statistics_of_test", "brightness.used"))
    for i, claim in enumerate(report["claims"]):
        says, first = claim["says"], regimes[claim["first"]]
        if says == "better":
            if paired_difference(first["scores"], regimes[claim["second"]]["scores"], 0.95)[3] != "a":
                found.append(("not_shown", f"claims.{i}"))
        elif says == "fewer_parameters":
            if first["trainable"] >= regimes[claim["second"]]["trainable"]:
                found.append(("not_fewer", f"claims.{i}"))
        elif says == "good_at":
            if not min(report["sizes"]) <= claim["labels"] <= max(report["sizes"]):
                found.append(("beyond_the_data", f"claims.{i}"))
        elif says == "pretraining_helps":
            if "scratch" not in regimes:
                found.append(("no_control", f"claims.{i}"))
        elif says == "faster":
            if not first["merged"]:
                found.append(("timed_unmerged", f"claims.{i}"))
    return found
