"""Wrong ideas about `audit`: each is the sound audit with one rule misunderstood."""

from __future__ import annotations

from statistics import fmean, stdev
from typing import Any

from tlcore.misconceptions.registry import misconception
from tlcore.reference.evaluating_regimes.audit import audit as sound

Report = dict[str, Any]
Findings = list[tuple[str, str]]


def _without(report: Report, code: str) -> Findings:
    return [finding for finding in sound(report) if finding[0] != code]


def _flagged(report: Report, code: str, field: str, holds: Any) -> Findings:
    """The sound findings, with those of one code by another rule: `holds(regime)`."""
    regimes = report["regimes"].items()
    return _without(report, code) + [(code, f"regimes.{name}.{field}") for name, r in regimes if holds(r)]


@misconception(asks="Several models can have the accuracy of a constant answer. Which other number tells them apart?")
def accuracy_of_a_class_is_enough(report: Report) -> Findings:
    """An accuracy that is the share of a class is taken for a constant answer, whatever the precision."""
    counts = report["test_labels"]
    shares = [n / sum(counts) for n in counts]
    return _flagged(
        report, "constant_predictor", "precision", lambda r: any(abs(r["accuracy"] - p) < 2e-4 for p in shares)
    )


@misconception(asks="Of which of n scores is the standard error: of one of them, or of their mean?")
def error_is_the_deviation(report: Report) -> Findings:
    """The deviation is thought to be the right number, and the standard error the wrong one."""
    return _flagged(
        report,
        "deviation_for_error",
        "error",
        lambda r: abs(r["error"] - stdev(r["scores"]) / len(r["scores"]) ** 0.5) < 2e-4,
    )


@misconception(asks="Two regimes take 300 steps, with batches of 8 and of 64. Which has seen more pictures?")
def steps_are_the_budget(report: Report) -> Findings:
    """Equal steps are thought to be equal training."""
    fewest = min(r["steps"] for r in report["regimes"].values())
    return _flagged(report, "unequal_examples", "steps", lambda r: r["steps"] > fewest)


@misconception(asks="Should the chosen rate be the best one on the test? Who may know which one that is?")
def rate_should_be_best_on_test(report: Report) -> Findings:
    """A rate that is not the best on the test is called a flaw."""
    return _flagged(
        report,
        "chosen_on_test",
        "rate",
        lambda r: r["rate"] != r["rates"][r["test_by_rate"].index(max(r["test_by_rate"]))],
    )


@misconception(asks="Is it a flaw to photograph today what is to be recognised yesterday? When is it?")
def days_always_in_order(report: Report) -> Findings:
    """Training days after test days are called a flaw also where nothing is forecast."""
    late = max(report["days"]["train"]) >= min(report["days"]["test"])
    return _without(report, "future_in_training") + [("future_in_training", "days.train")] * late


@misconception(asks="A checkpoint brings the mean of its own data along. Does that mean know the test pictures?")
def any_mean_but_that_of_training(report: Report) -> Findings:
    """Every mean that is not that of the training pictures is called a leak."""
    light = report["brightness"]
    other = light["used"] != light["train"]
    return _without(report, "statistics_of_test") + [("statistics_of_test", "brightness.used")] * other


@misconception(asks="A higher mean on the same seeds: by how much would it change with other seeds?")
def higher_mean_is_better(report: Report) -> Findings:
    """A claim is thought to be shown if the mean is higher."""
    regimes, found = report["regimes"], _without(report, "not_shown")
    for i, claim in enumerate(report["claims"]):
        if claim["says"] == "better":
            first, second = (fmean(regimes[claim[which]]["scores"]) for which in ("first", "second"))
            found += [("not_shown", f"claims.{i}")] * (first <= second)
    return found


@misconception(asks="Where does the report say how far you looked, and between which two numbers does it say nothing?")
def only_sizes_that_were_tried(report: Report) -> Findings:
    """Every number of labels that was not measured itself is called too far."""
    found = _without(report, "beyond_the_data")
    for i, claim in enumerate(report["claims"]):
        if claim["says"] == "good_at" and claim["labels"] not in report["sizes"]:
            found.append(("beyond_the_data", f"claims.{i}"))
    return found


@misconception(asks="Your reader wants to see the number that gives the flaw away. Which entry is it?")
def field_is_the_regime(report: Report) -> Findings:
    """The finding points at a regime or a part of the report, not at the entry."""
    return [(code, field if field.startswith("claims") else field.rpartition(".")[0]) for code, field in sound(report)]


@misconception(asks="A report had one flaw. Does that say anything about the next entry?")
def stops_at_the_first(report: Report) -> Findings:
    """Only the first flaw is reported."""
    return sound(report)[:1]


@misconception(asks="One regime had 18 trials and the others 10. Which of them has the advantage?")
def flags_who_got_less(report: Report) -> Findings:
    """The regimes with fewer trials are named, not the one with more."""
    most = max(r["trials"] for r in report["regimes"].values())
    return _flagged(report, "unequal_trials", "trials", lambda r: r["trials"] < most)
