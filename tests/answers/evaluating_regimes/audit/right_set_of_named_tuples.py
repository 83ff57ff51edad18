# A set of named tuples; SciPy instead of the earlier answer; the F1 of a constant answer looked at as well.
from typing import NamedTuple

from scipy import stats


class Finding(NamedTuple):
    code: str
    field: str


def audit(report):
    findings = set()

    def note(when, code, *path):
        if when:
            findings.add(Finding(code, ".".join(map(str, path))))

    regimes = report["regimes"]
    total = sum(report["test_labels"])
    ps = [c / total for c in report["test_labels"]]
    for name, r in regimes.items():
        here = ("regimes", name)
        alike = [p for p in ps if round(abs(p - r["accuracy"]), 3) == 0]
        constant = any(
            abs(p * p - r["precision"]) < 3e-4 and abs(2 * p * p / (1 + p) - r["f1"]) < 3e-4 for p in alike
        )
        note(constant, "constant_predictor", *here, "precision")
        sem = stats.sem(r["scores"])
        note(r["score"] == max(r["scores"]), "best_of_seeds", *here, "score")
        note(abs(r["error"] / sem - len(r["scores"]) ** 0.5) < 0.01, "deviation_for_error", *here, "error")
        note(r["trials"] != min(q["trials"] for q in regimes.values()), "unequal_trials", *here, "trials")
        least = min(q["steps"] * q["batch"] for q in regimes.values())
        note(r["steps"] * r["batch"] != least, "unequal_examples", *here, "steps")
        val, test = (dict(zip(r["rates"], r[k])) for k in ("val_by_rate", "test_by_rate"))
        wrong = val[r["rate"]] < max(val.values()) and test[r["rate"]] == max(test.values())
        note(wrong, "chosen_on_test", *here, "rate")
    note(set(report["plants"]["train"]).intersection(report["plants"]["test"]), "shared_plants", "plants", "test")
    late = [d for d in report["days"]["train"] if d >= min(report["days"]["test"])]
    note(report["task"] == "forecast" and late, "future_in_training", "days", "train")
    b, n = report["brightness"], report["rows"]
    everything = b["train"] + (b["test"] - b["train"]) * n["test"] / sum(n.values())
    note(abs(everything - b["used"]) < 5e-4, "statistics_of_test", "brightness", "used")
    for i, claim in enumerate(report["claims"]):
        one = regimes[claim["first"]]
        if claim["says"] == "better":
            interval = stats.ttest_rel(one["scores"], regimes[claim["second"]]["scores"]).confidence_interval(0.95)
            note(interval.low <= 0, "not_shown", "claims", i)
        if claim["says"] == "fewer_parameters":
            note(one["trainable"] >= regimes[claim["second"]]["trainable"], "not_fewer", "claims", i)
        if claim["says"] == "good_at":
            inside = report["sizes"][0] <= claim["labels"] <= report["sizes"][-1]
            note(not inside, "beyond_the_data", "claims", i)
        note(claim["says"] == "pretraining_helps" and "scratch" not in regimes, "no_control", "claims", i)
        note(claim["says"] == "faster" and not one["merged"], "timed_unmerged", "claims", i)
    return findings
