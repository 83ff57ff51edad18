"""Did the source harm? Runs with and without it, paired, with an interval and a verdict."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats


def negative_transfer(results: dict[str, Any]) -> dict[str, Any]:
    """By how much the source helps, in points, the 95 % interval of that, and a verdict."""
    # 1. only what was tested on the target counts; who has the same seed, labels and updates?
    # 2. one difference for each pair; fewer than two pairs compare nothing
    # 3. their mean, and its interval
    # 4. the verdict: where does zero lie?
    ### BEGIN SOLUTION
    scores: dict[str, dict[tuple[int, int, int], float]] = {"pretrained": {}, "scratch": {}}
    for run in results["runs"]:
        if run["tested_on"] == "target":
            scores[run["start"]][run["seed"], run["labels"], run["updates"]] = run["accuracy"]
    pretrained, scratch = scores["pretrained"], scores["scratch"]
    differences = np.array([pretrained[key] - scratch[key] for key in sorted(pretrained.keys() & scratch.keys())])
    if len(differences) < 2:
        return {"gap": None, "ci": None, "verdict": "not comparable"}
    gap = float(differences.mean())
    half = float(stats.t.ppf(0.975, len(differences) - 1) * differences.std(ddof=1) / len(differences) ** 0.5)
    verdict = "negative" if gap + half < 0 else "positive" if gap - half > 0 else "inconclusive"
    return {"gap": gap, "ci": (gap - half, gap + half), "verdict": verdict}
    ### END SOLUTION
