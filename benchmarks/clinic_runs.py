"""`python -m benchmarks.clinic_runs`: train the twelve runs of the clinic, eight of them with a fault, and log them.

Each run is a small network on photos of leaves. The transcripts are in `tlcore/data/clinic_runs.json`; the causes are
not: who wants to know them calls `fix`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from torch import nn

import tlcore.data
from tlcore.data import leaves
from tlcore.loading import from_pretrained

PLACE = Path(tlcore.data.__file__).parent / "clinic_runs.json"
RUNS = (
    # Three for each group; the regime, and the fault. A clipped gradient is none.
    ("data", "frozen", "own statistics"),
    ("data", "full", "shared plants"),
    ("data", "full", "none"),
    ("model", "full", "untrained head"),
    ("model", "frozen", "unfrozen backbone"),
    ("model", "frozen", "none"),
    ("training", "frozen", "drifting statistics"),
    ("training", "full", "gradients added"),
    ("training", "full", "clipped"),
    ("evaluation", "full", "train mode"),
    ("evaluation", "frozen", "unweighted"),
    ("evaluation", "frozen", "clipped"),
)


def channels(pictures: torch.Tensor) -> dict[str, list[float]]:
    """Mean and standard deviation of each channel."""
    return {
        "mean": [round(v, 4) for v in pictures.mean((0, 2, 3)).tolist()],
        "std": [round(v, 4) for v in pictures.std((0, 2, 3)).tolist()],
    }


def moved(before: dict[str, torch.Tensor], after: dict[str, torch.Tensor], kind: str) -> float:
    """How far the head, the backbone's weights or its statistics have moved, as the norm of the change."""
    total = 0.0
    for name, old in before.items():
        running = "running" in name
        mine = "head" if name.startswith("fc") else "statistics" if running else "backbone"
        if mine == kind and "num_batches" not in name:
            total += float((after[name] - old).square().sum())
    return round(total**0.5, 4)


def state(model: nn.Module) -> dict[str, torch.Tensor]:
    """All tensors as they are now."""
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def train_run(regime: str, fault: str, seed: int) -> dict[str, Any]:
    """One run and its transcript."""
    torch.manual_seed(seed)
    loaded, card = from_pretrained("leaves-tinynet")
    model: Any = loaded
    photos = leaves("target", 18, seed=seed)
    plants = photos.groups
    val = plants % 5 == 4
    if fault == "shared plants":
        val = torch.rand(len(plants)) < 0.2
    cards = {"mean": list(card.mean), "std": list(card.std)}
    if fault == "own statistics":
        own = channels(photos.images)
        x = photos.normalised(own["mean"], own["std"]).images
    else:
        x = card.normalise(photos).images
    y = photos.labels

    old_head: Any = model.fc
    if fault != "unfrozen backbone":
        model.requires_grad_(regime == "full")
    model.fc = nn.Linear(old_head.in_features, photos.n_classes)
    trained = [p for p in model.parameters() if p.requires_grad]
    if fault == "untrained head":
        trained = [*model.backbone.parameters(), *old_head.parameters()]
    optimizer = torch.optim.SGD(trained, lr=0.01)

    before, rows = state(model), torch.nonzero(~val).flatten()
    log: dict[str, Any] = {"loss": [], "own": [], "used": []}
    for _ in range(6):
        losses = []
        for batch in rows[torch.randperm(len(rows))].split(16):
            model.train()
            if regime == "frozen" and fault != "drifting statistics":
                for module in model.modules():
                    if isinstance(module, nn.BatchNorm2d):
                        module.eval()
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            grads = torch.autograd.grad(loss, trained, retain_graph=True, allow_unused=True)
            own_norm = sum(float(g.square().sum()) for g in grads if g is not None) ** 0.5
            if fault != "gradients added":
                optimizer.zero_grad()
            loss.backward()
            if fault == "clipped":
                nn.utils.clip_grad_norm_(trained, 2.0)
            used = sum(float(p.grad.square().sum()) for p in trained if p.grad is not None) ** 0.5
            optimizer.step()
            losses.append(loss.item())
            if len(log["own"]) < 6:
                log["own"].append(round(own_norm, 4))
                log["used"].append(round(used, 4))
        log["loss"].append(round(sum(losses) / len(losses), 4))
    after = state(model)

    def evaluate() -> tuple[float, list[int], list[int]]:
        model.train(fault == "train mode")
        sizes, right = [], []
        with torch.no_grad():
            for batch in torch.nonzero(val).flatten().split(8):
                right.append(int((model(x[batch]).argmax(1) == y[batch]).sum()))
                sizes.append(len(batch))
        share = sum(right) / sum(sizes)
        if fault == "unweighted":
            share = sum(r / n for r, n in zip(right, sizes, strict=True)) / len(sizes)
        return round(100 * share, 4), sizes, right

    accuracy, sizes, right = evaluate()
    again, _, _ = evaluate()
    transcript = {
        "photos": channels(photos.images),
        "card": cards,
        "input": channels(x),
        "plants": {"train": plants[~val].tolist(), "val": plants[val].tolist()},
        **log,
        "moved": {kind: moved(before, after, kind) for kind in ("head", "backbone", "statistics")},
        "evaluation": {
            "accuracy": accuracy,
            "again": again,
            "rows": sizes,
            "right": right,
            "statistics_moved": moved(after, state(model), "statistics"),
        },
    }
    return {"regime": regime, "transcript": transcript}


def main() -> None:
    """Train and write."""
    torch.set_num_threads(1)
    runs: dict[str, list[dict[str, Any]]] = {}
    for seed, (group, regime, fault) in enumerate(RUNS):
        runs.setdefault(group, []).append(train_run(regime, fault, seed))
    PLACE.write_text(json.dumps(list(runs.values())) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
