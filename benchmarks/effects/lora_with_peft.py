"""Notebook 05: which layers get an update, at equal numbers of trainable parameters; ranks and alpha; what taking the
update off and merging it does to the answers."""

from __future__ import annotations

import copy
import warnings
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from torch import Tensor, nn

from benchmarks.effects.common import Effect, Setting, Values, grid
from tlcore.data import LabelledTexts, market_headlines
from tlcore.loading import from_pretrained, tokenizer_for
from tlcore.training import accuracy, train

STEPS = 100
TEST_SEED, VALIDATION_SEED = 2_000_000, 3_000_000
PILOT_SEEDS = (100, 101)
PILOT_RATES = (3e-3, 1e-2, 3e-2)
RANKS = {"market-bert": {"attention": 10, "all": 4}, "market-gpt2": {"attention": 12, "all": 4}}
"""Ranks at which both choices train equally many numbers: 7,680 in BERT, 6,144 in GPT-2, heads aside."""
ATTENTION = ["query", "key", "value", "c_attn"]
RATES = {
    "market-bert": {"attention": 1e-2, "all": 1e-2},
    "market-gpt2": {"attention": 1e-2, "all": 1e-2},
}
"""The best mean of the pilot."""


def adapted(name: str, where: str, labels: int, rate: float, seed: int) -> tuple[nn.Module, nn.Module]:
    """The base, and the model after 100 updates on a few headlines of each class. Scale alpha / r is 2."""
    warnings.filterwarnings("ignore")
    torch.manual_seed(seed)
    base = from_pretrained(name, auto_class="AutoModelForSequenceClassification", num_labels=3)[0]
    r = RANKS[name][where]
    targets: Any = ATTENTION if where == "attention" else "all-linear"
    config = LoraConfig(r=r, lora_alpha=2 * r, target_modules=targets, task_type="SEQ_CLS")
    torch.manual_seed(seed)
    model = get_peft_model(copy.deepcopy(base), config)  # type: ignore[arg-type]
    few = market_headlines("direction", 600, seed).few(labels, seed)
    loader = few.loader(tokenizer_for(name), 16, shuffle=True, seed=seed)
    train(model, loader, steps=STEPS, lr=rate, cosine=True, progress=False)
    return base, model


def _score(name: str, model: nn.Module, headlines: LabelledTexts) -> float:
    return accuracy(model, headlines.loader(tokenizer_for(name), 600))


def pilot(setting: Setting, seed: int) -> Values:
    """Accuracy on validation headlines, by which the rates above were chosen."""
    _, model = adapted(setting["model"], setting["where"], 10, setting["rate"], seed)
    return {"accuracy": _score(setting["model"], model, market_headlines("direction", 600, VALIDATION_SEED))}


def where(setting: Setting, seed: int) -> Values:
    """Accuracy on test headlines; and what the adapter off and the adapter merged change in the logits."""
    name, place = setting["model"], setting["where"]
    base, model = adapted(name, place, setting["labels"], RATES[name][place], seed)
    test = market_headlines("direction", 600, TEST_SEED)
    batch = next(iter(test.loader(tokenizer_for(name), 600)))
    labels = batch.pop("labels")

    def logits(of: Any) -> Tensor:
        with torch.no_grad():
            return of(**batch).logits

    told = logits(model)
    with model.disable_adapter():  # type: ignore[operator]
        off = logits(model)
    merged = logits(copy.deepcopy(model).merge_and_unload())  # type: ignore[operator]
    half = copy.deepcopy(model).to(torch.bfloat16)
    told_half = logits(half)
    merged_half = logits(half.merge_and_unload())  # type: ignore[operator]
    return {
        "accuracy": float((told.argmax(1) == labels).float().mean()),
        "trained": float(sum(p.numel() for n, p in model.named_parameters() if p.requires_grad and "lora_" in n)),
        "off equals base": float(torch.equal(off, logits(base))),
        "off, accuracy": float((off.argmax(1) == labels).float().mean()),
        "merged: largest change": float((merged - told).abs().max() / told.abs().max()),
        "merged: classes changed": float((merged.argmax(1) != told.argmax(1)).float().mean()),
        "bfloat16: largest change": float((merged_half - told_half).abs().max() / told_half.abs().max()),
        "bfloat16: classes changed": float((merged_half.argmax(1) != told_half.argmax(1)).float().mean()),
    }


def ranks(setting: Setting, seed: int) -> Values:
    """Accuracy on test headlines after 100 updates on 5 headlines of each class, for a rank and an alpha."""
    warnings.filterwarnings("ignore")
    name, r = "market-bert", setting["r"]
    torch.manual_seed(seed)
    base: Any = from_pretrained(name, auto_class="AutoModelForSequenceClassification", num_labels=3)[0]
    config = LoraConfig(r=r, lora_alpha=setting["alpha"], target_modules=ATTENTION, task_type="SEQ_CLS")
    torch.manual_seed(seed)
    model = get_peft_model(base, config)
    loader = (
        market_headlines("direction", 600, seed).few(5, seed).loader(tokenizer_for(name), 16, shuffle=True, seed=seed)
    )
    train(model, loader, steps=STEPS, lr=RATES[name]["attention"], cosine=True, progress=False)
    return {
        "accuracy": _score(name, model, market_headlines("direction", 600, TEST_SEED)),
        "trained": float(sum(p.numel() for n, p in model.named_parameters() if p.requires_grad and "lora_" in n)),
    }


EFFECTS = (
    Effect("pilot", grid(model=list(RANKS), where=["attention", "all"], rate=PILOT_RATES), pilot, PILOT_SEEDS),
    Effect("where", grid(model=list(RANKS), where=["attention", "all"], labels=[5, 25]), where),
    Effect("ranks", grid(r=[1, 2, 4, 8], alpha=[2, 8, 32]), ranks),
)
