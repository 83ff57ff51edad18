# It breaks: the verdict does not say that the first is better. Here only an open one is a flaw.
from statistics import stdev


def audit(report):
    regimes, found = report["regimes"], []

    def near(x, y):
        return abs(x - y) < 2e-4

    shares = [c / sum(report["test_labels"]) for c in report["test_labels"]]
    trials = min(r["trials"] for r in regimes.values())
    seen = min(r["steps"] * r["batch"] for r in regimes.values())
    for name, r in regimes.items():
        at = f"regimes.{name}."
        if any(near(r["accuracy"], p) and near(r["precision"], p * p) for p in shares):
            found.append(("constant_predictor", at + "precision"))
        scores = r["scores"]
        mean = sum(scores) / len(scores)
        if near(r["score"], max(scores)) and not near(r["score"], mean):
            found.append(("best_of_seeds", at + "score"))
        sd = stdev(scores)
        if near(r["error"], sd) and not near(r["error"], sd / len(scores) ** 0.5):
            found.append(("deviation_for_error", at + "error"))
        if r["trials"] > trials:
            found.append(("unequal_trials", at + "trials"))
        if r["steps"] * r["batch"] > seen:
            found.append(("unequal_examples", at + "steps"))
        i = r["rates"].index(r["rate"])
        if r["test_by_rate"][i] == max(r["test_by_rate"]) and r["val_by_rate"][i] < max(r["val_by_rate"]):
            found.append(("chosen_on_test", at + "rate"))
    if set(report["plants"]["train"]) & set(report["plants"]["test"]):
        found.append(("shared_plants", "plants.test"))
    if report["task"] == "forecast" and max(report["days"]["train"]) >= min(report["days"]["test"]):
        found.append(("future_in_training", "days.train"))
    rows, light = report["rows"], report["brightness"]
    overall = (rows["train"] * light["train"] + rows["test"] * light["test"]) / (rows["train"] + rows["test"])
    if near(light["used"], overall) and not near(light["used"], light["train"]):
        found.append(("statistics_of_test", "brightness.used"))
    for i, claim in enumerate(report["claims"]):
        where, says = f"claims.{i}", claim["says"]
        if says == "better":
            a, b = regimes[claim["first"]], regimes[claim["second"]]
            if paired_difference(a["scores"], b["scores"], 0.95)[3] == "inconclusive":
                found.append(("not_shown", where))
        elif says == "fewer_parameters":
            if regimes[claim["first"]]["trainable"] >= regimes[claim["second"]]["trainable"]:
                found.append(("not_fewer", where))
        elif says == "good_at":
            if not min(report["sizes"]) <= claim["labels"] <= max(report["sizes"]):
                found.append(("beyond_the_data", where))
        elif says == "pretraining_helps":
            if "scratch" not in regimes:
                found.append(("no_control", where))
        elif says == "faster":
            if not regimes[claim["first"]]["merged"]:
                found.append(("timed_unmerged", where))
    return found
