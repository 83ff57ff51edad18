"""Notebook 08: a masked language model of agency headlines, pre-trained on with posts of a message board.

A tiny BERT learns agency headlines. Then a classifier of "up" or "down" is trained on a few labelled posts of the
board, starting from it in four ways. The test posts name no cause: slang and emoji alone say which way the price goes.
"""

from __future__ import annotations

import copy
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.effects.common import Effect, Setting, Values, grid
from tlcore.data import Vocabulary, agency_vocabulary, board_words, headlines
from tlcore.models import tiny_bert

PRETRAINING, CONTINUED, CLASSIFYING = 600, 600, 100
"""Steps, of 32 headlines each (classifying: of all labelled posts)."""
POSTS, TEST = 1000, 500
P = 0.3
"""Share of the words that is masked. Headlines are short: of eight words 15% is often none."""


def mask_words(ids: Tensor, special: list[int], mask_id: int, p: float, generator: torch.Generator) -> Any:
    """Inputs and labels for a masked language model, as in the exercise."""
    word = ~torch.isin(ids, torch.tensor(special))
    chosen = word & (torch.rand(ids.shape, generator=generator) < p)
    return ids.masked_fill(chosen, mask_id), ids.masked_fill(~chosen, -100)


def pretrain(model: nn.Module, ids: Tensor, mask_id: int, steps: int, seed: int, lr: float = 3e-3) -> nn.Module:
    """Some steps of masked-word training, in place."""
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    model.train()
    for _ in range(steps):
        rows = ids[torch.randint(len(ids), (32,), generator=generator)]
        inputs, labels = mask_words(rows, [0, 1, 2], mask_id, P, generator)
        loss = model(input_ids=inputs, attention_mask=(rows != 0).long(), labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return model.eval()


def features(model: Any, ids: Tensor) -> Tensor:
    """Mean of the last hidden states over the words, (N, width)."""
    mask = (ids > 2).float()[..., None]
    states = model.bert(input_ids=ids, attention_mask=(ids != 0).long()).last_hidden_state
    return (states * mask).sum(1) / mask.sum(1)


def classify(model: nn.Module, ids: Tensor, labels: Tensor, test_ids: Tensor, test_labels: Tensor) -> float:
    """Accuracy of a classifier that is fine-tuned from `model`, which stays as it is."""
    model = copy.deepcopy(model).eval()
    head = nn.Linear(32, 2)
    nn.init.zeros_(head.weight)
    optimizer = torch.optim.AdamW([*model.parameters(), *head.parameters()], lr=1e-3, weight_decay=0.0)
    for _ in range(CLASSIFYING):
        loss = F.cross_entropy(head(features(model, ids)), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return float((head(features(model, test_ids)).argmax(1) == test_labels).float().mean())


def longer(model: Any, n_words: int, seed: int) -> Any:
    """A copy with rows for new words, of the size of the others."""
    model = copy.deepcopy(model)
    torch.manual_seed(seed)
    model.resize_token_embeddings(n_words, mean_resizing=False)
    return model


def slang(setting: Setting, seed: int) -> Values:
    """Right in % on posts in which slang alone says which way the price goes."""
    plain = agency_vocabulary()
    mask_id = plain.id("<mask>")
    wide = Vocabulary((*plain.words, *board_words()))
    torch.manual_seed(seed)
    news, _ = headlines("agency", POSTS, seed=seed)
    agency = pretrain(tiny_bert(len(plain), width=32, max_length=16), news.ids, mask_id, PRETRAINING, seed)
    few: int = setting["labels"]

    def board(n: int, number: int, words: Vocabulary, causes: bool) -> tuple[Tensor, Tensor]:
        texts, labels = headlines("board", n, seed=1000 * number + seed, words=words, causes=causes)
        return texts.ids, labels

    starts = {
        "agency model, slang unknown": (agency, plain),
        "new rows, no further pre-training": (longer(agency, len(wide), seed), wide),
    }
    unlabelled, _ = board(POSTS, 3, wide, True)
    starts["new rows, pre-trained on posts"] = (
        pretrain(longer(agency, len(wide), seed), unlabelled, mask_id, CONTINUED, seed),
        wide,
    )
    more, _ = headlines("agency", POSTS, seed=5000 + seed, words=wide)
    starts["new rows, pre-trained on more agency news"] = (
        pretrain(longer(agency, len(wide), seed), more.ids, mask_id, CONTINUED, seed),
        wide,
    )
    values = {}
    for name, (model, words) in starts.items():
        torch.manual_seed(seed)
        values[name] = classify(model, *board(few, 1, words, False), *board(TEST, 2, words, False))
    return values


EFFECTS = (Effect("slang", grid(labels=[8, 32, 128]), slang),)
