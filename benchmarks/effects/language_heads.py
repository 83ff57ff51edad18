"""Notebook 06: ways to make one vector of a text, and six regimes on one task."""

from __future__ import annotations

import warnings
from typing import Any

import torch
from torch import Tensor

from benchmarks.effects.common import Effect, Setting, Values, grid
from tlcore.data import market_headlines
from tlcore.loading import from_pretrained, tokenizer_for
from tlcore.reference.language_heads.make_regimes import make_regimes
from tlcore.reference.language_heads.sentence_features import sentence_features
from tlcore.training import accuracy, linear_probe, train

BERT = "market-bert"
LABELS = 15
STEPS = 100
WIDE = 32
"""Positions that the padded batches have, where the words of a headline are six on average."""
TEST_SEED, VALIDATION_SEED = 2_000_000, 3_000_000
PILOT_SEEDS = (100, 101)
PILOT_RATES = (3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0)
REGIMES = ("features", "partial", "lora", "full", "scratch", "random")
NAMES = ("rise", "fall", "hold")
RATES = {"features": 0.3, "partial": 1e-3, "lora": 1e-2, "full": 3e-3, "scratch": 1e-3, "random": 0.3}
"""The best mean of the pilot; random learns at none of them and has the rate of features."""


def encoded(name: str, texts: tuple[str, ...], side: str = "right", wide: bool = False) -> dict[str, Tensor]:
    """Ids and mask, padded to the longest text or to 32 positions."""
    tokenizer = tokenizer_for(name)
    tokenizer.padding_side = side
    batch = tokenizer(
        list(texts), padding="max_length" if wide else "longest", max_length=WIDE, truncation=True, return_tensors="pt"
    )
    return {key: batch[key] for key in ("input_ids", "attention_mask")}


@torch.no_grad()
def hidden(model: Any, batch: dict[str, Tensor]) -> Tensor:
    """The last hidden states, without position_ids."""
    return model.base_model(**batch).last_hidden_state


@torch.no_grad()
def vectors(model: Any, batch: dict[str, Tensor], how: str) -> Tensor:
    """One vector for each text, right or as it is often done."""
    mask = batch["attention_mask"]
    if how in ("mean", "last"):
        return sentence_features(model, batch, how)
    if how == "mean over padding":
        return hidden(model, batch).mean(1)
    if how == "first":
        return hidden(model, batch)[:, 0]
    if how == "pooler":
        return model.base_model(**batch).pooler_output
    if how == "position -1":
        return hidden(model, batch)[:, -1]
    assert how == "last, no position_ids"
    return hidden(model, batch)[torch.arange(len(mask)), (mask * torch.arange(mask.shape[1])).argmax(1)]


def probed(setting: Setting, seed: int) -> Values:
    """The accuracy of a linear classifier on the vectors of 15 headlines of each class.

    The texts of training are padded to the longest, on the right; those of the test as the setting says.
    """
    name, how = setting["model"], setting["how"]
    torch.manual_seed(seed)
    model: Any = from_pretrained(name)[0]
    if how == "pooler":
        auto_class = "AutoModelForSequenceClassification"
        model = from_pretrained(name, auto_class=auto_class, num_labels=3)[0]
    if how == "mean, random body":
        model, how = type(model)(model.config).eval(), "mean"
    few = market_headlines("direction", 600, seed).few(LABELS, seed)
    test = market_headlines("direction", 600, TEST_SEED)
    probe = linear_probe(vectors(model, encoded(name, few.texts), how), few.labels, 3)
    batch = encoded(name, test.texts, setting["side"], setting["wide"])
    with torch.no_grad():
        told = probe(vectors(model, batch, how))
    return {"accuracy": float((told.argmax(1) == test.labels).float().mean())}


def trained(regime: str, rate: float, seed: int) -> Any:
    """The model of a regime after 100 updates on 15 headlines of each class."""
    warnings.filterwarnings("ignore")
    torch.manual_seed(seed)
    model = make_regimes(from_pretrained(BERT)[0], list(NAMES))[regime]
    few = market_headlines("direction", 600, seed).few(LABELS, seed)
    loader = few.loader(tokenizer_for(BERT), 16, shuffle=True, seed=seed)
    train(model, loader, steps=STEPS, lr=rate, cosine=True, progress=False)
    return model


def pilot(setting: Setting, seed: int) -> Values:
    """Accuracy on validation headlines, by which the rates above were chosen."""
    model = trained(setting["regime"], setting["rate"], seed)
    headlines = market_headlines("direction", 600, VALIDATION_SEED)
    return {"accuracy": accuracy(model, headlines.loader(tokenizer_for(BERT), 600))}


def regimes(setting: Setting, seed: int) -> Values:
    """Accuracy on test headlines, and how many numbers learned."""
    model = trained(setting["regime"], RATES[setting["regime"]], seed)
    headlines = market_headlines("direction", 600, TEST_SEED)
    return {
        "accuracy": accuracy(model, headlines.loader(tokenizer_for(BERT), 600)),
        "learn": float(sum(p.numel() for p in model.parameters() if p.requires_grad)),
    }


def _ways(name: str, *ways: tuple[str, str, bool]) -> list[Setting]:
    return [{"model": name, "how": how, "side": side, "wide": wide} for how, side, wide in ways]


EFFECTS = (
    Effect(
        "vectors",
        _ways(
            BERT,
            ("mean", "right", False),
            ("mean", "right", True),
            ("mean over padding", "right", False),
            ("mean over padding", "right", True),
            ("first", "right", False),
            ("pooler", "right", False),
            ("mean, random body", "right", False),
        )
        + _ways(
            "market-gpt2",
            ("last", "right", True),
            ("last", "left", True),
            ("position -1", "right", True),
            ("last, no position_ids", "left", True),
        ),
        probed,
    ),
    Effect("pilot", grid(regime=list(REGIMES), rate=PILOT_RATES), pilot, PILOT_SEEDS),
    Effect("regimes", grid(regime=list(REGIMES)), regimes),
)
