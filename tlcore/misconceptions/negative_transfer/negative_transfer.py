"""Wrong ideas about `negative_transfer`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats

from tlcore.misconceptions.registry import misconception

Run = dict[str, Any]
Results = dict[str, Any]
NOTHING: Results = {"gap": None, "ci": None, "verdict": "not comparable"}


def _exact(run: Run) -> Any:
    return run["seed"], run["labels"], run["updates"]


def _scores(results: Results, start: str, tested_on: str, key: Callable[[Run], Any] = _exact) -> dict[Any, float]:
    """The mean accuracy of the runs with one key."""
    found = defaultdict(list)
    for run in results["runs"]:
        if (run["start"], run["tested_on"]) == (start, tested_on):
            found[key(run)].append(run["accuracy"])
    return {k: float(np.mean(v)) for k, v in found.items()}


def _judged(gap: float, half: float) -> Results:
    verdict = "negative" if gap + half < 0 else "positive" if gap - half > 0 else "inconclusive"
    return {"gap": gap, "ci": (gap - half, gap + half), "verdict": verdict}


def _paired(with_it: dict[Any, float], without: dict[Any, float], least: int = 2) -> Results:
    d = np.array([with_it[key] - without[key] for key in sorted(with_it.keys() & without.keys())])
    if len(d) < least:
        return dict(NOTHING)
    if len(d) == 1:
        return _judged(float(d[0]), 0.0)
    return _judged(float(d.mean()), float(stats.t.ppf(0.975, len(d) - 1) * d.std(ddof=1) / len(d) ** 0.5))


@misconception(asks="The source is another task. What does a score there say about the target?")
def baseline_is_the_source(results: Results) -> Results:
    """The accuracy on the target is compared with the accuracy on the source."""
    return _paired(_scores(results, "pretrained", "target"), _scores(results, "pretrained", "source"))


@misconception(asks="How would the same network do on this target if it had never seen the source?")
def baseline_is_guessing(results: Results) -> Results:
    """Whatever is better than guessing counts as help."""
    pretrained, scratch = _scores(results, "pretrained", "target"), _scores(results, "scratch", "target")
    return _paired(pretrained, dict.fromkeys(scratch, 100 / results["classes"]))


@misconception(asks="Your gap is negative. Who was better in that log: the pretrained start, or scratch?")
def scratch_minus_pretrained(results: Results) -> Results:
    """The difference is taken the other way round."""
    return _paired(_scores(results, "scratch", "target"), _scores(results, "pretrained", "target"))


@misconception(asks="What can one seed say about how much seeds differ?")
def one_seed_is_enough(results: Results) -> Results:
    """A single pair gets a verdict."""
    return _paired(_scores(results, "pretrained", "target"), _scores(results, "scratch", "target"), least=1)


@misconception(asks="One of the two had three times the updates. To what is its lead due?")
def budgets_ignored(results: Results) -> Results:
    """All runs of a seed are averaged, whatever labels and updates they had."""

    def trained(run: Run) -> Any:
        return run["seed"], run["updates"] > 0

    return _paired(_scores(results, "pretrained", "target", trained), _scores(results, "scratch", "target", trained))


@misconception(
    asks="A model meets pictures of another place and does worse there. Was it harmed by what it had learned?"
)
def shift_called_negative_transfer(results: Results) -> Results:
    """The drop of the untouched model from source to target is called negative transfer."""
    untouched = {**results, "runs": [run for run in results["runs"] if run["updates"] == 0]}
    return _paired(_scores(untouched, "pretrained", "target"), _scores(untouched, "pretrained", "source"))


@misconception(asks="A lucky seed lifts both starts. What becomes of that luck if each start has its own error?")
def pairs_ignored(results: Results) -> Results:
    """Two independent samples: what the seed does to both counts as noise."""
    pretrained, scratch = _scores(results, "pretrained", "target"), _scores(results, "scratch", "target")
    both = pretrained.keys() & scratch.keys()
    if len(both) < 2:
        return dict(NOTHING)
    a, b = (np.array([side[key] for key in both]) for side in (pretrained, scratch))
    error = ((a.var(ddof=1) + b.var(ddof=1)) / len(both)) ** 0.5
    return _judged(float(a.mean() - b.mean()), float(stats.t.ppf(0.975, 2 * len(both) - 2) * error))


@misconception(asks="Draw the seeds once more: would the same start be ahead? Does your interval leave that open?")
def verdict_by_the_mean(results: Results) -> Results:
    """Whoever is ahead on average decides, whatever the interval says."""
    found = _paired(_scores(results, "pretrained", "target"), _scores(results, "scratch", "target"))
    if found["gap"] is not None:
        found["verdict"] = "negative" if found["gap"] < 0 else "positive"
    return found


@misconception(asks="Some seeds were run with one start only, perhaps the lucky ones. With whom are they compared?")
def means_of_all_seeds(results: Results) -> Results:
    """The mean of one start minus that of the other, whichever seeds each of them has."""
    pretrained, scratch = _scores(results, "pretrained", "target"), _scores(results, "scratch", "target")
    found = _paired(pretrained, scratch)
    if found["gap"] is not None:
        budgets = {key[1:] for key in pretrained.keys() & scratch.keys()}
        a = np.mean([v for key, v in pretrained.items() if key[1:] in budgets])
        b = np.mean([v for key, v in scratch.items() if key[1:] in budgets])
        found = _judged(float(a - b), (found["ci"][1] - found["ci"][0]) / 2)
    return found
