"""Sound parts of notebook 10, each without something that its own question asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor


def negative_transfer(results: dict[str, Any]) -> dict[str, Any]:
    """The gap over all pairs, and a verdict by its sign. There is no interval, and one pair is enough."""
    ends: dict[tuple[Any, ...], list[float]] = {}
    for r in results["runs"]:
        if r["tested_on"] != "source":
            sign = -1 if r["start"] == "scratch" else 1
            ends.setdefault((r["seed"], r["labels"], r["updates"]), []).append(sign * r["accuracy"])
    gaps = [sum(both) for both in ends.values() if len(both) == 2]
    gap = sum(gaps) / max(len(gaps), 1)
    return {"gap": gap, "ci": (float("nan"), float("nan")), "verdict": "negative" if gap < 0 else "positive"}


def rank_sources(candidates: Sequence[Any], target_few: tuple[Tensor, Tensor]) -> list[str]:
    """By the class of the one nearest other picture. It takes no notice of the cards."""
    x, y = target_few
    hits: dict[str, float] = {}
    for one in candidates:
        one.body.eval()
        f = one.body(x).detach()
        f = torch.nn.functional.normalize(f - f.mean(dim=0), dim=1)
        likeness = f @ f.mT - 2 * torch.eye(len(f))
        hits[one.name] = float((y[likeness.argmax(dim=1)] == y).sum())
    return sorted(hits, key=lambda name: -hits[name])
