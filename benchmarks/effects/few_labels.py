"""Notebook 07: accuracy by number of labels on leaves and on market news, and what one rate for all would have said."""

from __future__ import annotations

import warnings
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from benchmarks.effects.backbone import (
    PILOT_SEEDS,
    STEPS,
    TEST_SEED,
    VALIDATION_SEED,
    backbone,
    held_out,
    photos,
    probe_head,
    tune,
)
from benchmarks.effects.backbone import optimizer as optimizer_of
from benchmarks.effects.common import Effect, Setting, Values, grid
from benchmarks.effects.language_heads import BERT, NAMES, encoded, vectors
from tlcore.data import ImageSet, market_headlines
from tlcore.loading import from_pretrained, tokenizer_for
from tlcore.models import tiny_resnet
from tlcore.reference.language_heads.make_regimes import make_regimes
from tlcore.training import accuracy, linear_probe, train

PROBE, FULL, LIMITED, SCRATCH, LORA = "probe", "full", "limited data alone", "scratch", "lora"
LEAF_LABELS = (5, 10, 25, 50, 100)
LEAF_RATES = {
    FULL: {5: 1e-3, 10: 1e-3, 25: 1e-3, 50: 1e-3, 100: 3e-3},
    SCRATCH: {5: 1e-3, 10: 3e-3, 25: 1e-2, 50: 3e-3, 100: 3e-3},
}
"""By labels per class: the best mean of `leaf_pilot`. The limited data alone has the rates of scratch."""
NEWS_LABELS = (2, 5, 15, 50, 150)
NEWS_STEPS = 100
NEWS_RATES = {
    LORA: {2: 1e-2, 5: 1e-2, 15: 1e-2, 50: 3e-3, 150: 3e-3},
    FULL: {2: 1e-2, 5: 3e-3, 15: 3e-3, 50: 1e-3, 150: 1e-3},
    SCRATCH: {2: 3e-3, 5: 1e-2, 15: 1e-3, 50: 3e-3, 150: 3e-3},
}
"""By labels per class: the best mean of `news_pilot`."""
PILOT_RATES = (3e-4, 1e-3, 3e-3, 1e-2)
SHARED_LABELS = 15


def leaf_pilot(setting: Setting, seed: int) -> Values:
    """Accuracy on validation photos, by which the rates above were chosen."""
    model = _on_leaves(setting["arm"], setting["labels"], setting["rate"], seed)
    return {"accuracy": accuracy(model, held_out("target", 0.1, VALIDATION_SEED))}


def leaves(setting: Setting, seed: int) -> Values:
    """Accuracy on the test photos after 150 updates."""
    arm, labels = setting["arm"], setting["labels"]
    rate = LEAF_RATES[FULL if arm in (FULL, PROBE) else SCRATCH][labels]
    return {"accuracy": accuracy(_on_leaves(arm, labels, rate, seed), held_out("target", 0.1))}


def _on_leaves(arm: str, labels: int, rate: float, seed: int) -> nn.Module:
    few = photos("target", labels, seed)
    torch.manual_seed(seed)
    if arm == PROBE:
        model = backbone(seed)
        probe_head(model, few)
        return model
    model = backbone(seed) if arm == FULL else tiny_resnet(6)
    if arm == LIMITED:
        model.resnet.load_state_dict(_told_by_turns(few, rate, seed).resnet.state_dict())
    tune(model, few, optimizer_of(model, rate, rate), seed)
    return model


def _told_by_turns(few: ImageSet, rate: float, seed: int) -> Any:
    """A network that was trained on these photos without their labels: by how many quarter turns was each turned?
    (Gidaris et al. 2018.)"""
    model: Any = tiny_resnet(4)
    turned = torch.cat([few.images.rot90(turns, (2, 3)) for turns in range(4)])
    answer = torch.arange(4).repeat_interleave(len(few))
    step = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.0)
    order = torch.Generator().manual_seed(seed)
    model.train()
    for _ in range(STEPS):
        rows = torch.randint(len(answer), (32,), generator=order)
        step.zero_grad()
        F.cross_entropy(model(turned[rows]).logits, answer[rows]).backward()
        step.step()
    return model


def news_pilot(setting: Setting, seed: int) -> Values:
    """Accuracy on validation headlines, by which the rates above were chosen."""
    return {"accuracy": _on_news(setting["arm"], setting["labels"], setting["rate"], seed, VALIDATION_SEED)}


def news(setting: Setting, seed: int) -> Values:
    """Accuracy on test headlines after 100 updates."""
    arm, labels = setting["arm"], setting["labels"]
    rate = 0.0 if arm == PROBE else NEWS_RATES[arm][labels]
    return {"accuracy": _on_news(arm, labels, rate, seed, TEST_SEED)}


def shared_rate(setting: Setting, seed: int) -> Values:
    """Accuracy on test headlines where every regime has the same rate."""
    return {"accuracy": _on_news(setting["arm"], SHARED_LABELS, setting["rate"], seed, TEST_SEED)}


def _on_news(arm: str, labels: int, rate: float, seed: int, test_seed: int) -> float:
    warnings.filterwarnings("ignore")
    torch.manual_seed(seed)
    few = market_headlines("direction", 600, seed).few(labels, seed)
    test = market_headlines("direction", 600, test_seed)
    base: Any = from_pretrained(BERT)[0]
    if arm == PROBE:
        head = linear_probe(vectors(base, encoded(BERT, few.texts), "mean"), few.labels, 3)
        with torch.no_grad():
            told = head(vectors(base, encoded(BERT, test.texts), "mean")).argmax(1)
        return float((told == test.labels).float().mean())
    model = make_regimes(base, list(NAMES))[arm]
    tokenizer = tokenizer_for(BERT)
    train(
        model,
        few.loader(tokenizer, 16, shuffle=True, seed=seed),
        steps=NEWS_STEPS,
        lr=rate,
        cosine=True,
        progress=False,
    )
    return accuracy(model, test.loader(tokenizer, 600))


EFFECTS = (
    Effect("leaf_pilot", grid(arm=[FULL, SCRATCH], labels=LEAF_LABELS, rate=PILOT_RATES), leaf_pilot, PILOT_SEEDS),
    Effect(
        "news_pilot", grid(arm=[LORA, FULL, SCRATCH], labels=NEWS_LABELS, rate=PILOT_RATES), news_pilot, PILOT_SEEDS
    ),
    Effect("leaves", grid(labels=LEAF_LABELS, arm=[PROBE, FULL, LIMITED, SCRATCH]), leaves),
    Effect("news", grid(labels=NEWS_LABELS, arm=[PROBE, LORA, FULL, SCRATCH]), news),
    Effect("shared_rate", grid(rate=PILOT_RATES, arm=[LORA, FULL, SCRATCH]), shared_rate),
)
