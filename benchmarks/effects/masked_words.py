"""Notebook 08: what a small BERT that learned agency news makes of a message board, before and after it has read posts.

The settings are those of the notebook. The control reads agency news for as many steps more.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor
from transformers import BertForMaskedLM

from benchmarks.effects.common import Effect, Setting, Values
from tlcore.data import Vocabulary, agency_vocabulary, board_words, headlines
from tlcore.models import tiny_bert
from tlcore.reference.domain_adaptation.mlm_batch import mlm_batch

STEPS, HIDDEN, SPECIAL = 250, 0.3, [0, 1, 2]
TEXTS = {"posts": "board", "agency news": "agency"}
PLAIN = agency_vocabulary()
WIDE = Vocabulary((*PLAIN.words, *board_words()))
MASK = WIDE.id("<mask>")


def continued(setting: Setting, seed: int) -> Values:
    """Mean loss on hidden words of new texts of both kinds: after STEPS on news, then after STEPS more on either."""
    torch.manual_seed(seed)
    bert = tiny_bert(len(PLAIN), width=32, depth=1, max_length=16)
    old = {kind: headlines(register, 500, seed=seed, words=WIDE)[0].ids for kind, register in TEXTS.items()}
    new = {kind: headlines(register, 300, seed=90 + seed, words=WIDE)[0].ids for kind, register in TEXTS.items()}
    _train(bert, old["agency news"], seed)
    bert.resize_token_embeddings(len(WIDE), mean_resizing=False)
    after = {"new rows, no post seen": bert}
    for kind, ids in old.items():
        after[f"then {kind}"] = _train(copy.deepcopy(bert), ids, seed)
    return {f"{stage}: {kind}": _loss(m, ids, seed) for stage, m in after.items() for kind, ids in new.items()}


def _train(bert: BertForMaskedLM, ids: Tensor, seed: int) -> BertForMaskedLM:
    """Masked-word training, in place."""
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(bert.parameters(), lr=3e-3, weight_decay=0.0)
    bert.train()
    for _ in range(STEPS):
        rows = ids[torch.randint(len(ids), (32,), generator=generator)]
        inputs, labels = mlm_batch(rows, SPECIAL, MASK, HIDDEN, generator)
        optimizer.zero_grad()
        bert(input_ids=inputs, attention_mask=(rows != 0).long(), labels=labels).loss.backward()
        optimizer.step()
    return bert.eval()


@torch.no_grad()
def _loss(bert: BertForMaskedLM, ids: Tensor, seed: int) -> float:
    """With the same words hidden at each stage."""
    inputs, labels = mlm_batch(ids, SPECIAL, MASK, HIDDEN, torch.Generator().manual_seed(seed))
    return float(bert(input_ids=inputs, attention_mask=(ids != 0).long(), labels=labels).loss)


EFFECTS = (Effect("continued", [{}], continued),)
