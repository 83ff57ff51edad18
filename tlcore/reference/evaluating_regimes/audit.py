"""Forensics of a report on transfer learning: which of fourteen known flaws its own numbers show."""

from __future__ import annotations

from statistics import stdev
from typing import Any

from tlcore.reference.evaluating_regimes.paired_difference import paired_difference


def audit(report: dict[str, Any]) -> list[tuple[str, str]]:
    """The flaws of a report: (code, field whose value shows it)."""
    regimes, found = report["regimes"], []
    # 1. each regime: a constant answer? are score and error what they are said to be?
    # 2. each regime against the others: trials, training pictures, and on what the rate was chosen
    # 3. the data: plants, days, the mean for normalising
    # 4. each claim, by its kind
    ### BEGIN SOLUTION

    def near(x: float, y: float) -> bool:
        return abs(x - y) < 2e-4  # the report's numbers are rounded

    shares = [count / sum(report["test_labels"]) for count in report["test_labels"]]
    fewest = min(r["trials"] for r in regimes.values())
    least = min(r["steps"] * r["batch"] for r in regimes.values())
    for name, r in regimes.items():
        best = {part: r["rates"][r[part].index(max(r[part]))] for part in ("val_by_rate", "test_by_rate")}
        constant = any(near(r["accuracy"], p) and near(r["precision"], p * p) for p in shares)
        shown = {
            ("constant_predictor", "precision"): constant,
            ("best_of_seeds", "score"): near(r["score"], max(r["scores"])),
            ("deviation_for_error", "error"): near(r["error"], stdev(r["scores"])),
            ("unequal_trials", "trials"): r["trials"] > fewest,
            ("unequal_examples", "steps"): r["steps"] * r["batch"] > least,
            ("chosen_on_test", "rate"): best["val_by_rate"] != r["rate"] == best["test_by_rate"],
        }
        found += [(code, f"regimes.{name}.{field}") for (code, field), holds in shown.items() if holds]

    n_train, n_test = report["rows"]["train"], report["rows"]["test"]
    light, days = report["brightness"], report["days"]
    pooled = (n_train * light["train"] + n_test * light["test"]) / (n_train + n_test)
    if set(report["plants"]["train"]) & set(report["plants"]["test"]):
        found.append(("shared_plants", "plants.test"))
    if report["task"] == "forecast" and max(days["train"]) >= min(days["test"]):
        found.append(("future_in_training", "days.train"))
    if near(light["used"], pooled):
        found.append(("statistics_of_test", "brightness.used"))

    for i, claim in enumerate(report["claims"]):
        first, second = regimes[claim["first"]], regimes.get(claim.get("second"), {})
        match claim["says"]:
            case "better":
                flaw = paired_difference(first["scores"], second["scores"], 0.95)[3] != "a" and "not_shown"
            case "fewer_parameters":
                flaw = first["trainable"] >= second["trainable"] and "not_fewer"
            case "good_at":
                flaw = not min(report["sizes"]) <= claim["labels"] <= max(report["sizes"]) and "beyond_the_data"
            case "pretraining_helps":
                flaw = "scratch" not in regimes and "no_control"
            case "faster":
                flaw = first["merged"] is False and "timed_unmerged"
        if flaw:
            found.append((flaw, f"claims.{i}"))
    ### END SOLUTION
    return found
