# %% [markdown]
# # Language: features, heads, regimes
#
# {{Questions}} questions, about {{minutes}} minutes, reading included:
#
# {{table}}

# %%
import copy
import re
import tempfile

import torch
import transformers
from peft import get_peft_model
from torch import nn
from transformers import AutoModelForSequenceClassification

from tlcore import plots
from tlcore.check import check
from tlcore.stand_ins import make_config

# %% [markdown]
# ## From texts to numbers · `encode_batch`
#
# **Write** `encode_batch(texts, vocab, max_len, side="right")`:
#
# - `texts` is a list or tuple of texts. Each becomes words: in lower case, every run of letters and digits is a word, every run of
#   other marks is a word, spaces only separate. `re.findall(r"\w+|[^\w\s]+", text.lower())` does it. A text may have no words.
# - `vocab` is a dict with the id of each word, and of `[PAD]`, `[UNK]`, `[CLS]` and `[SEP]`. A word that it does not have is
#   `[UNK]`. Ids are in no particular order: the padding need not be 0, and 0 may be a word.
# - Each text is `[CLS]`, its words, `[SEP]`. It has at most `max_len` ids, these two included: the last words of a longer text
#   are dropped, `[CLS]` and `[SEP]` stay.
# - Shorter texts are padded with `[PAD]` to the longest one *of the batch*, on the right, or on the left if `side="left"`.
# - Return a dict with two int64 tensors of shape (number of texts, length of the longest): `input_ids`, and `attention_mask`
#   with 1 at all ids of a text, the special words included, and 0 at the padding.

# %% question="encode_batch" minutes=10 difficulty=1 objectives="O3L"

# %% check="encode_batch"
check("encode_batch")

# %% [markdown] hints="encode_batch"
# <details><summary>Hint 1: a nudge</summary>
#
# How long is a row before you pad it? Keep that number: the mask needs nothing else.
#
# <details><summary>Hint 2: the order of the steps</summary>
#
# First cut the words to `max_len - 2`, then put `[CLS]` and `[SEP]` around them. Look up all of it with
# `vocab.get(word, vocab["[UNK]"])`. Pad last, when you know the longest row.
#
# <details><summary>Hint 3: nearly there</summary>
#
# With `missing = longest - len(row)`, a row becomes `row + missing * [vocab["[PAD]"]]` and its mask
# `len(row) * [1] + missing * [0]`; on the left, the other way round. `torch.tensor` of the lists of rows gives int64.
#
# </details></details></details>

# %% [markdown]
# ## One vector for each text · `sentence_features`
#
# **Write** `sentence_features(model, batch, how="mean")`:
#
# - `model` is BERT, GPT-2 or Llama from `transformers`: a language model, a classifier, or the body alone. `batch` is a dict with
#   `input_ids` and `attention_mask`, and perhaps `labels`, which do not matter. The padding is on the right or on the left.
# - Use the last hidden states of the body, `model.base_model(...).last_hidden_state`. No head, no pooler.
# - `how="mean"`: for each text, the mean over all positions where the mask is 1. (`[CLS]` and `[SEP]` count.)
# - `how="last"`: for each text, the hidden state at the last position where the mask is 1.
# - The result must not depend on how much padding there is, nor on its side. So give the model `position_ids` that count from the
#   first real position of each text.
# - Dropout is off. Afterwards, each part of the model is in the mode (train or eval) in which it was before.
# - Return a tensor (number of texts, width) in the precision of the model.

# %% question="sentence_features" minutes=12 difficulty=2 objectives="O2,O3L"

# %% check="sentence_features"
check("sentence_features")

# %% [markdown] hints="sentence_features"
# <details><summary>Hint 1: a nudge</summary>
#
# Everything that you need to know about the padding is in the mask: how many real positions a text has, where it begins, where it
# ends.
#
# <details><summary>Hint 2: positions</summary>
#
# `mask.cumsum(1)` counts the real positions: 0 0 1 2 3 for two pads and three words. Positions begin with 0, and what the padding
# has does not matter, but it must not be negative.
#
# <details><summary>Hint 3: mean and last</summary>
#
# For the mean, multiply the hidden states with the mask as a column, `mask.unsqueeze(-1)`, sum over the positions, and divide by
# the sum of the mask. For the last, `(mask * torch.arange(mask.shape[1])).argmax(1)` says where each text ends.
#
# <details><summary>Hint 4: the modes</summary>
#
# `modes = [(part, part.training) for part in model.modules()]` before `model.eval()`; afterwards set `part.training` for each pair.
# A copy of the model does, too.
#
# </details></details></details></details>

# %% [markdown]
# ## A new head · `new_task_head`
#
# **Write** `new_task_head(model, labels)`:
#
# - `model` is a language model or a classifier from `transformers` (BERT, GPT-2 or Llama). `labels` is a list of two class names or more;
#   the class with the name `labels[i]` has the id i.
# - Return a classifier of the same family (`...ForSequenceClassification`) with one output for each label. Its body, `base_model`, has the
#   weights of the model's body, its pooler included if it has one.
# - Its head is new and random, as `transformers` draws it (`AutoModelForSequenceClassification.from_config`), also if `model` has a head
#   with as many outputs. So is BERT's pooler if the model has none.
# - `config.id2label` and `config.label2id` have the names in this order. Saved with `save_pretrained` and loaded with
#   `from_pretrained`, it gives the same logits under the same names.
# - Called with `labels=`, it computes the cross-entropy over the classes, for two classes, too, and whatever
#   `problem_type` the model's config had.
# - It has the precision of the model, it is in eval mode, and all of it can learn, whatever was frozen in the model.
# - `model` stays as it is, config included, also when the classifier learns.

# %% question="new_task_head" minutes=12 difficulty=2 objectives="O2,O3L"

# %% check="new_task_head"
check("new_task_head")

# %% [markdown] hints="new_task_head"
# <details><summary>Hint 1: a nudge</summary>
#
# The config decides what is built. Which config do you change, and who else reads it?
#
# <details><summary>Hint 2: what decides the number of outputs</summary>
#
# On a copy of the config, set `id2label = dict(enumerate(labels))` and `label2id` the other way round; `num_labels` follows. Set
# `problem_type = "single_label_classification"`, which is the name for one class among several.
#
# <details><summary>Hint 3: the body</summary>
#
# `classifier.base_model.load_state_dict(model.base_model.state_dict(), strict=False)` copies the values. Not strict, since a
# language model has no pooler. Before that, `.to(model.dtype)`.
#
# </details></details></details>

# %% [markdown]
# ## Six models for a fair comparison · `make_regimes`
#
# **Write** `make_regimes(base, labels)`. `base` is a language model from `transformers` (BERT, GPT-2 or Llama), `labels` a list of class
# names. Return a dict with six classifiers for these labels, made with your `new_task_head`, in eval mode:
#
# | name | body | what can learn |
# |---|---|---|
# | `"features"` | of `base` | the head |
# | `"partial"` | of `base` | the last block, what comes after it in the body (BERT: the pooler; GPT-2: `ln_f`; Llama: `norm`), the head |
# | `"lora"` | of `base` | an update of PEFT on queries, keys and values, `make_config(model, 4, 8, "attention")`, and the head |
# | `"full"` | of `base` | everything, embeddings included, also if `base` is frozen |
# | `"scratch"` | random | everything |
# | `"random"` | random | the head |
#
# - All six start with the same head, and the first four with the same pooler too, so that these four give the same logits at
#   first.
# - `"scratch"` and `"random"` start from the same random weights, drawn as `transformers` draws those of a new model; none of them
#   comes from `base`.
# - No two models share weights with each other or with `base`: when one learns, the others stay. `base` stays as it is.

# %% question="make_regimes" minutes=15 difficulty=3 objectives="O2,O3L"

# %% check="make_regimes"
check("make_regimes")

# %% [markdown] hints="make_regimes"
# <details><summary>Hint 1: a nudge</summary>
#
# You need two models, one with the pretrained body and one with a random one. The rest is copies, and what can learn in each.
#
# <details><summary>Hint 2: the same head</summary>
#
# Draw one head only. Make the pretrained classifier first, build the random one from its config, and put a copy of the head into
# it: `classifier` in BERT, `score` in GPT-2 and Llama.
#
# <details><summary>Hint 3: blocks</summary>
#
# In `model.base_model`, the blocks are `encoder.layer` (BERT), `h` (GPT-2) or `layers` (Llama). Freeze the body, then let
# `blocks[-1]` learn, and `pooler`, `ln_f` or `norm`, whichever is there.
#
# <details><summary>Hint 4: nearly there</summary>
#
# `copy.deepcopy` for each of the six; `get_peft_model(model, make_config(model, 4, 8, "attention"))` for `"lora"`, around a copy of its
# own; `requires_grad_(False)` for the body of `"features"`, `"partial"` and `"random"`.
#
# </details></details></details></details>
