"""The pre-trained leaf model, taken apart into blocks: heads, freezing, training, and how far each block moved."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache, lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tlcore.data import ImageSet, leaves
from tlcore.loading import from_pretrained
from tlcore.models import logits_of
from tlcore.training import accuracy, linear_probe, predict

BACKBONE = "leaves-resnet"
STEPS = 150
BATCH = 32
TEST_SEED, VALIDATION_SEED = 2_000_000, 3_000_000
"""Test and validation rows come from seeds that no training row uses."""
PILOT_SEEDS = (100, 101)
BLOCKS = ("embedder", "stage 0", "stage 1", "stage 2")
"""The blocks of the body, from the input up."""
SEVERITIES = (0.1, 0.25, 0.4)
"""Target photos are trained on at the first; the others are harder than anything seen in training."""


def backbone(seed: int, n_classes: int | None = 6) -> nn.Module:
    """The pre-trained model, with a fresh head that `seed` decides; with its own head if `n_classes` is None."""
    torch.manual_seed(seed)
    model, _ = from_pretrained(BACKBONE)
    if n_classes is not None:
        model.classifier = nn.Sequential(nn.Flatten(), nn.Linear(64, n_classes))
    return model


def blocks(model: nn.Module) -> list[nn.Module]:
    """The blocks of the body in the order of `BLOCKS`."""
    return [model.resnet.embedder, *model.resnet.encoder.stages]  # type: ignore[union-attr, list-item, misc]


def head(model: nn.Module) -> nn.Module:
    """The classifier on top of the body."""
    return model.classifier  # type: ignore[return-value]


def freeze_below(model: nn.Module, k: int) -> list[nn.Module]:
    """Leave the top `k` blocks and the head trainable. Returns the frozen blocks."""
    frozen = blocks(model)[: len(BLOCKS) - k]
    for block in frozen:
        block.requires_grad_(False)
    return frozen


def optimizer(model: nn.Module, body: float, head_rate: float) -> torch.optim.Optimizer:
    """AdamW without weight decay: one rate for the body, one for the head."""
    in_body = [p for block in blocks(model) for p in block.parameters() if p.requires_grad]
    groups = [{"params": list(head(model).parameters()), "lr": head_rate}]
    if in_body and body:
        groups.append({"params": in_body, "lr": body})
    return torch.optim.AdamW(groups, weight_decay=0.0)


def tune(
    model: nn.Module,
    data: ImageSet,
    optimizer: torch.optim.Optimizer,
    seed: int,
    *,
    steps: int = STEPS,
    batch: int = BATCH,
    still: Sequence[nn.Module] = (),
    cosine: bool = True,
    every: int = 0,
    look: Callable[[int], None] | None = None,
) -> None:
    """Train in place and leave the model in eval mode.

    Args:
        model: what is trained.
        data: normalised photos.
        optimizer: decides what moves and how fast.
        seed: the order of the rows.
        steps: updates.
        batch: rows of an update.
        still: modules that stay in eval mode, so that their batch-norm statistics do not move.
        cosine: let every rate fall to zero along a half cosine.
        every, look: call `look(step)` in eval mode before the first and after every so many updates.
    """
    generator = torch.Generator().manual_seed(seed)
    rates = [group["lr"] for group in optimizer.param_groups]
    order: list[Tensor] = []
    for step in range(steps + 1):
        if look is not None and step % every == 0:
            look(step)
        if step == steps:
            break
        model.train()
        for module in still:
            module.eval()
        if not order:
            order = list(torch.randperm(len(data), generator=generator).split(batch))
        rows = order.pop()
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * (0.5 + 0.5 * math.cos(math.pi * step / steps)) if cosine else rate
        optimizer.zero_grad()
        F.cross_entropy(logits_of(model(data.images[rows])), data.labels[rows]).backward()
        optimizer.step()
        model.eval()


def probe_head(model: nn.Module, data: ImageSet) -> None:
    """Give the model the best linear head on its features as they are; nothing below it changes."""
    fresh = head(model)
    model.classifier = nn.Flatten()
    features = predict(model, data.images)
    model.classifier = fresh
    solved = linear_probe(features, data.labels, data.n_classes)
    linear = fresh[1]  # type: ignore[index]
    linear.load_state_dict(solved.state_dict())


@lru_cache(maxsize=8)
def photos(domain: str, n_per_class: int, seed: int, severity: float | None = None) -> ImageSet:
    """Leaves, normalised as the backbone wants them."""
    return _card().normalise(leaves(domain, n_per_class, seed, severity=severity))


@cache
def held_out(domain: str = "target", severity: float = 0.1, seed: int = TEST_SEED) -> ImageSet:
    """Photos that nothing is trained or chosen on: 200 of each class on the target, 100 on the source."""
    return photos(domain, 200 if domain == "target" else 100, seed, severity)


def accuracies(model: nn.Module) -> dict[str, float]:
    """Accuracy on target test photos, by severity."""
    return {f"severity {severity}": accuracy(model, held_out("target", severity)) for severity in SEVERITIES}


def snapshot(model: nn.Module) -> dict[str, list[Tensor]]:
    """A copy of the parameters of every block and of the head."""
    parts = dict(zip((*BLOCKS, "head"), (*blocks(model), head(model)), strict=True))
    return {name: [p.detach().clone() for p in part.parameters()] for name, part in parts.items()}


def moved(model: nn.Module, before: dict[str, list[Tensor]]) -> dict[str, float]:
    """How far each block and the head moved: |now - before| / |before|, over all its parameters together."""
    now = snapshot(model)
    return {f"moved {name}": _distance(now[name], old) / _distance(old, None) for name, old in before.items()}


def _distance(a: list[Tensor], b: list[Tensor] | None) -> float:
    pairs = zip(a, b, strict=True) if b is not None else ((x, torch.zeros_like(x)) for x in a)
    return math.sqrt(sum(float((x - y).square().sum()) for x, y in pairs))


@cache
def _card():
    return from_pretrained(BACKBONE)[1]
