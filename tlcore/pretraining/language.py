"""The language models with a tokenizer: one recipe each, on reports of the crop markets."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader

from tlcore.data import market_reports
from tlcore.models import tiny_bert, tiny_gpt2, tiny_llama
from tlcore.pretraining.recipes import TEST_SEED, TRAIN_SEED
from tlcore.pretraining.tokenizers import bert_tokenizer, causal_tokenizer
from tlcore.training import train

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

MASKED_SHARE = 0.25
"""Share of the words that a masked language model has to guess: more than BERT's 0.15, as the reports are short."""
SOURCE = "market_reports: full reports of the crop markets"
VOCABULARY_ROWS = 4_000
"""Reports whose words make the vocabulary: enough for every word that there is."""


@dataclass(frozen=True)
class LanguageRecipe:
    """All that decides what a checkpoint becomes."""

    task: str
    """"masked-lm" or "causal-lm"."""
    build: Callable[[int], nn.Module]
    """An untrained model for a vocabulary of this size."""
    tokenizer: Callable[[Iterable[str]], PreTrainedTokenizerFast]
    """The tokenizer that knows the words of some texts."""
    epochs: int
    """Passes over the training reports."""
    lr: float
    """Peak learning rate of AdamW; it falls to zero along a cosine."""
    short: tuple[int, int]
    """Rows and epochs of the short version, for tests."""
    rows: int = 4_000
    """Training reports."""
    test_rows: int = 500
    """Test reports."""
    batch_size: int = 64
    """Reports per step."""
    weight_decay: float = 1e-2
    """Weight decay of AdamW."""
    seed: int = 0
    """Seed of the initial weights, of dropout, masks and the order of the reports."""


def _bert(n_words: int) -> nn.Module:
    return tiny_bert(n_words, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)


def _gpt2(n_words: int) -> nn.Module:
    return tiny_gpt2(n_words, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0)


# Without dropout: at this size it keeps BERT from learning which words mean the same.
LANGUAGE_RECIPES = {
    "market-bert": LanguageRecipe("masked-lm", _bert, bert_tokenizer, epochs=35, lr=5e-3, short=(1_000, 6)),
    "market-gpt2": LanguageRecipe("causal-lm", _gpt2, causal_tokenizer, epochs=12, lr=3e-3, short=(600, 4)),
    "market-llama": LanguageRecipe("causal-lm", tiny_llama, causal_tokenizer, epochs=12, lr=3e-3, short=(600, 4)),
}
"""The recipes by checkpoint name."""


def pretrained_on_reports(
    recipe: LanguageRecipe, *, short: bool = False, progress: bool = True
) -> tuple[nn.Module, PreTrainedTokenizerFast, dict[str, float]]:
    """Train a model as a recipe says; returns it, its tokenizer and its score on test reports."""
    rows, epochs = recipe.short if short else (recipe.rows, recipe.epochs)
    texts = market_reports(rows, TRAIN_SEED)
    # The words of many reports, so that the short version has the same ids as the long one.
    tokenizer = recipe.tokenizer(market_reports(VOCABULARY_ROWS, TRAIN_SEED))
    torch.manual_seed(recipe.seed)
    model = recipe.build(len(tokenizer))
    train(
        model,
        batches(texts, tokenizer, recipe.task, recipe.batch_size, shuffle=True, seed=recipe.seed),
        epochs=epochs,
        lr=recipe.lr,
        weight_decay=recipe.weight_decay,
        cosine=True,
        progress=progress,
    )
    return model, tokenizer, score_on_reports(model, tokenizer, recipe)


def score_on_reports(model: nn.Module, tokenizer: PreTrainedTokenizerFast, recipe: LanguageRecipe) -> dict[str, float]:
    """The perplexity of the words to be guessed, on test reports with fixed masks."""
    texts = market_reports(recipe.test_rows, TEST_SEED)
    loss = words = 0.0
    model.eval()
    with torch.no_grad():
        for batch in batches(texts, tokenizer, recipe.task, 100, shuffle=False, seed=0):
            labels = batch.pop("labels")
            logits = model(**batch).logits
            if recipe.task == "causal-lm":
                logits, labels = logits[:, :-1], labels[:, 1:]
            loss += float(F.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="sum"))
            words += int((labels != -100).sum())
    return {"perplexity": round(math.exp(loss / words), 4)}


def batches(
    texts: tuple[str, ...], tokenizer: PreTrainedTokenizerFast, task: str, batch_size: int, *, shuffle: bool, seed: int
) -> DataLoader:
    """Dict batches with the words to be guessed as labels, -100 elsewhere. Masks are drawn anew each time."""
    generator = torch.Generator().manual_seed(seed)

    def batch(rows: list[str]) -> dict[str, Tensor]:
        encoded = tokenizer(rows, padding=True, return_tensors="pt")
        ids, mask = encoded["input_ids"], encoded["attention_mask"]
        if task == "causal-lm":
            return {"input_ids": ids, "attention_mask": mask, "labels": ids.masked_fill(mask == 0, -100)}
        special = torch.isin(ids, torch.tensor(tokenizer.all_special_ids))
        hidden = (torch.rand(ids.shape, generator=generator) < MASKED_SHARE) & ~special
        labels = ids.masked_fill(~hidden, -100)
        return {"input_ids": _masked(ids, hidden, tokenizer, generator), "attention_mask": mask, "labels": labels}

    rows: Any = list(texts)
    return DataLoader(rows, batch_size, shuffle, collate_fn=batch, generator=generator)


def _masked(ids: Tensor, hidden: Tensor, tokenizer: PreTrainedTokenizerFast, generator: torch.Generator) -> Tensor:
    """As in BERT: of the words to be guessed, 80 % are masked, 10 % replaced by any word, 10 % left as they are."""
    kind = torch.rand(ids.shape, generator=generator)
    random = torch.randint(len(tokenizer), ids.shape, generator=generator)
    masked = ids.masked_fill(hidden & (kind < 0.8), int(tokenizer.mask_token_id))
    return torch.where(hidden & (kind > 0.9), random, masked)
