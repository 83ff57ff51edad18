# %% [markdown]
# # Language: features, heads, regimes
#
# A pretrained language model gives you three things: numbers for words, a vector for each word in its sentence, and a place to put a new
# head. Each of them has a trap that raises no error. The model looks at padding. A layer that was never trained sits between the body and
# your head. The names of the classes change places when the model is loaded again. Two regimes that you compare are one object. In this
# notebook you meet each trap first, and then write the code that avoids it.
#
# When you are done you can
#
# - turn texts into what a model reads, whatever its vocabulary and its padding side,
# - get one vector for each text that does not depend on the texts beside it,
# - give a pretrained model a new head that keeps its names when it is saved,
# - set up a fair comparison of six regimes, with the control that reviewers ask for.
#
# {{Questions}} questions, about {{minutes}} minutes, reading included:
#
# {{table}}
#
# Notebook 05 is not needed, but you will meet PEFT here, too. Run the cells from top to bottom.

# %%
import copy
import re
import tempfile
import warnings

import torch
import transformers
from peft import get_peft_model
from torch import nn
from transformers import AutoModelForSequenceClassification

from tlcore import plots
from tlcore.check import check
from tlcore.data import market_headlines, market_reports
from tlcore.loading import from_pretrained, tokenizer_for
from tlcore.plots import draw
from tlcore.progress import progress
from tlcore.stand_ins import make_config
from tlcore.training import accuracy, linear_probe, train

torch.set_num_threads(1)  # small models are quickest on one core
transformers.logging.set_verbosity_error()  # it tells of every new head; we know
transformers.utils.logging.disable_progress_bar()  # small models load in a moment
warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing.*")  # PEFT calls it by its old name
warnings.filterwarnings("ignore", message="fan_in_fan_out is set to")  # PEFT sees by itself which layers are Conv1D

# %% [markdown]
# ## The models and the task
#
# `market-bert` is a BERT with 85 thousand parameters, and `market-gpt2` a GPT-2 of this size. Both have read 4,000 reports of the crop
# markets, BERT to fill gaps and GPT-2 to guess the next word. The task is to tell from a headline which way a price goes: `rise`, `fall` or
# `hold`. There are 22 verbs for each direction, and 15 labelled headlines for each, so that many verbs of the test are in no training
# headline.

# %%
name = "market-bert"  # one line to change; see the end
tokenizer = tokenizer_for(name)
few = market_headlines("direction", 600, seed=1).few(15, seed=1)
test = market_headlines("direction", 600, seed=2_000_000)
labels = list(test.names)
for text, label in list(zip(few.texts, few.labels, strict=True))[:3]:
    print(f"{labels[label]:5} {text}")
print("labels:", labels)

# %% [markdown]
# ## From texts to numbers · `encode_batch`
#
# **A real failure.** Texts of one batch must have one length, so the short ones are padded. BERT fills a gap in a headline; then a long
# report stands beside it.
#
# <details><summary>Predict first: what does BERT say of the headline if the report is beside it, with the mask and without?</summary>
#
# With the mask it looks at the same six positions as before. Without, it looks at sixteen pads as well. In training it never did.
#
# </details>


# %%
def guess(batch):
    """The likeliest word in the gap of the first text, and its probability."""
    with torch.no_grad():
        logits = bert(**batch).logits[0]
    gap = int((batch["input_ids"][0] == tokenizer.mask_token_id).nonzero()[0])
    best = logits[gap].softmax(0).max(0)
    return f"{tokenizer.convert_ids_to_tokens(int(best.indices))!r} with {best.values:.1%}"


bert = from_pretrained(name, auto_class="AutoModelForMaskedLM")[0]
headline, report = "Wheat from [MASK] slumped", market_reports(1, seed=2)[0]
alone = tokenizer([headline], return_tensors="pt")
beside = tokenizer([headline, report], padding=True, return_tensors="pt")
print("positions:", alone["input_ids"].shape[1], "alone,", beside["input_ids"].shape[1], "beside the report")
print("alone:            ", guess({"input_ids": alone["input_ids"]}))
print("beside, with mask:", guess({key: beside[key] for key in ("input_ids", "attention_mask")}))
print("beside, no mask:  ", guess({"input_ids": beside["input_ids"]}))

# %% [markdown]
# Without the mask, the model is surer than before, of a word that makes no sense there. What it says of a headline depends on the company
# that the headline is in.
#
# A second trap is the vocabulary. Ids are names of rows in the model's embedding. Whoever makes a vocabulary of his own from the new texts
# gets other ids for the same words, and the model reads another text. Nothing is raised: every id exists. You will see such a text below.
#
# By hand, with `[PAD]` 7, `[CLS]` 2, `[SEP]` 5, `[UNK]` 8, wheat 0, rose 1, fell 3:
#
# | text | ids | mask |
# |---|---|---|
# | Wheat rose | 2 0 1 5 | 1 1 1 1 |
# | Rye fell, padded on the right to six | 2 8 3 5 7 7 | 1 1 1 1 0 0 |
# | Rye fell, padded on the left to six | 7 7 2 8 3 5 | 0 0 1 1 1 1 |
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
# <details><summary>Stuck?</summary>
#
# Skip the next cell: nothing below needs your answer.
#
# </details>
# %% [markdown]
# **What you just saw**, on the headlines: your ids beside those of the model's own tokenizer. The control is a vocabulary made from the
# headlines.

# %%
vocab = tokenizer.get_vocab()
mine = encode_batch(few.texts, vocab, 32)
theirs = tokenizer(list(few.texts), padding=True, return_tensors="pt")
print("your ids are those of the tokenizer:", torch.equal(mine["input_ids"], theirs["input_ids"]))
words = sorted({word for text in few.texts for word in re.findall(r"\w+|[^\w\s]+", text.lower())})
own = {word: i for i, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *words])}
other = encode_batch(few.texts, own, 32)
print("control, with a vocabulary of one's own:", torch.equal(other["input_ids"], theirs["input_ids"]))
print("what the model then reads:", tokenizer.decode(other["input_ids"][0]))
print("instead of:               ", tokenizer.decode(theirs["input_ids"][0]))

# %% [markdown]
# With a full-size model you will use its own tokenizer, which splits rare words into pieces instead of calling them unknown. The rules stay:
# the vocabulary belongs to the model, the mask to the batch, and what ends a text survives the cut.
#

# %% [markdown]
# ## One vector for each text · `sentence_features`
#
# The last hidden states are one vector for each *position*. A classifier, a search engine or a cluster plot needs one for each *text*.
#
# **A real failure.** BERT has a `pooler_output` for just that. Take it from `market-bert` and train a linear classifier on it, twice: the
# checkpoint is loaded under two seeds. Beside it is the plain mean over all positions, on the same headlines, padded to their longest at
# training and to 32 positions at the test, as a program in use might do.
#
# <details><summary>Predict first: can the same checkpoint give different features under different seeds?</summary>
#
# If all of it was loaded, no. But `market-bert` was pretrained to fill gaps, without a pooler, as most such models are. What is not in the
# file is drawn at random.
#
# </details>


# %%
def probe(features, longest=None):
    """Test accuracy of the best linear classifier on the features of the few headlines."""
    head = linear_probe(features(few.texts, None), few.labels, 3)
    with torch.no_grad():
        return (head(features(test.texts, longest)).argmax(1) == test.labels).float().mean()


def encoded(texts, longest=None, side="right"):
    """Ids and mask, padded to the longest text or to a given number of positions."""
    tokenizer.padding_side = side
    how = {"padding": "max_length", "max_length": longest} if longest else {"padding": True}
    batch = tokenizer(list(texts), return_tensors="pt", **how)
    tokenizer.padding_side = "right"
    return {key: batch[key] for key in ("input_ids", "attention_mask")}


def pooled(model):
    """What the pooler makes of texts."""
    return lambda texts, longest: model.base_model(**encoded(texts, longest)).pooler_output.detach()


for seed in (0, 1):
    torch.manual_seed(seed)
    loaded = from_pretrained(name, auto_class="AutoModelForSequenceClassification", num_labels=3)[0]
    print(f"pooler_output, seed {seed}: {probe(pooled(loaded)):.1%}")


def plain_mean(texts, longest):
    """The mean over all positions, padding included."""
    return bert.base_model(**encoded(texts, longest)).last_hidden_state.mean(1).detach()


print(f"mean over all positions, padded as in training: {probe(plain_mean):.1%}")
print(f"mean over all positions, padded to 32:          {probe(plain_mean, 32):.1%}")

# %% [markdown]
# A model that reads from left to right, such as GPT-2, has seen the whole text only at its last position, so that one is the usual choice.
# Where is it? In a batch that is padded on the right, position -1 is padding. If it is padded on the left, position -1 is right, but
# there is another trap: GPT-2 numbers the positions from the left edge, padding included.
#
# By hand: hidden states of one number, 1, 3 and 50 at the padding, with the mask 1 1 0. The mean is (1 + 3) / 2 = 2, not 18, nor
# 4 / 3. The last is 3. With the mask 0 0 1 1 1, `mask.cumsum` is 0 0 1 2 3, and the positions of the three words are 0, 1 and 2.
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
# <details><summary>Common mistakes</summary>
#
# - `hidden.mean(1)`, or the masked sum divided by the length of the batch.
# - `mask.sum(1) - 1` as the place of the last word: right only if the padding is on the right.
# - A mask that is used for the mean and not given to the model: the words then look at the padding, one layer below.
#
# </details>
#
# <details><summary>Stuck?</summary>
#
# Skip the next cell: nothing below needs your answer.
#
# </details>
# %% [markdown]
# **What you just saw**, on the headlines: your features, whatever the padding. The controls are the two traps of GPT-2.

# %%
mine = {longest: probe(lambda texts, n: sentence_features(bert, encoded(texts, n)), longest) for longest in (None, 32)}
print(f"BERT, your mean: padded as in training {mine[None]:.1%}, padded to 32 {mine[32]:.1%}")
gpt2 = from_pretrained("market-gpt2")[0]
tokenizer = tokenizer_for("market-gpt2")


def last_of(side):
    """Your features from GPT-2, test texts padded to 32 positions on one side."""
    return lambda texts, n: sentence_features(gpt2, encoded(texts, n, side if n else "right"), "last")


def at_the_end(side):
    """Position -1 of GPT-2, without position_ids. The training texts are padded to the longest on the right, or come one
    by one if the test is padded on the left."""

    def features(texts, n):
        if n or side == "right":
            return gpt2.base_model(**encoded(texts, n, side)).last_hidden_state[:, -1].detach()
        return torch.cat([gpt2.base_model(**encoded([t])).last_hidden_state[:, -1] for t in texts]).detach()

    return features


for side in ("right", "left"):
    print(f"GPT-2, padded to 32 on the {side}: yours {probe(last_of(side), 32):.1%}, ", end="")
    print(f"control, position -1 {probe(at_the_end(side), 32):.1%}")
tokenizer = tokenizer_for(name)

# %% [markdown]
# Over ten seeds (`docs/effects.md` of the project; chance is 33.3 %):
#
# | vector of a text | test texts padded as in training | padded to 32 |
# |---|---|---|
# | BERT, mean over the mask (yours) | 95.8 ± 1.1 | 95.8 ± 1.1 |
# | BERT, mean over all positions | 95.8 ± 1.4 | 64.1 ± 9.9 |
# | BERT, random pooler | 91.5 ± 3.0 | |
# | GPT-2, last word, padded on the right or on the left (yours) | | 89.7 ± 3.5 |
# | GPT-2, position -1, padded on the right | | 63.0 ± 6.2 |
# | GPT-2, padded on the left, without `position_ids` | | 51.7 ± 5.3 |
#
# The wrong mean is **not worse** as long as all batches are padded alike, which is why nobody notices. It fails when the batches change,
# in use. The random pooler costs about four points here. That is little, because a random layer keeps most of what goes in, and this
# classifier rescales its inputs. You will see below what happens if it does not.
#
#

# %% [markdown]
# ## A new head · `new_task_head`
#
# **A real failure.** How many classes there are is written in four places: in the layer, in the config, in the model, and in the two maps
# of names. Change one, and see who disagrees.

# %%
batch = encoded(["Wheat rose in Ghana", "Rice fell", "Tea held on Monday"])
model = from_pretrained(name, auto_class="AutoModelForSequenceClassification", num_labels=2)[0]


def told(what):
    """The loss with three classes, or why there is none."""
    try:
        print(f"{what}: loss {model(**batch, labels=torch.tensor([0, 1, 2])).loss:.2f}")
    except (RuntimeError, ValueError) as error:
        print(f"{what}: {error}")


model.classifier = nn.Linear(model.config.hidden_size, 3)
told("a new layer with three outputs")
model.config.num_labels = 3
told("and config.num_labels = 3")
model.num_labels = 3
told("and model.num_labels = 3")
print("names:", model.config.id2label)

# %% [markdown]
# The model keeps a copy of `num_labels` from the time when it was built. And the names are `LABEL_0` and so on, so that whoever gets the model
# next has to guess. So give it names. Here is a trap that waits until the model is loaded again:

# %%
model.config.id2label = {0: "rise", 1: "fall", 2: "hold"}
model.config.label2id = {"rise": 0, "fall": 1, "hold": 2}
folder = tempfile.mkdtemp()
model.save_pretrained(folder)
loaded = AutoModelForSequenceClassification.from_pretrained(folder)
print("list(label2id) before:", list(model.config.label2id), " loaded again:", list(loaded.config.label2id))
print("id2label[0] before:", model.config.id2label[0], " loaded again:", loaded.config.id2label[0])

# %% [markdown]
# The file has `label2id` in the order of the alphabet. The map is still right, but a list made from it is not: whoever calls the first output
# `list(label2id)[0]` now reports every rise as a fall. Ask `id2label[i]`. The same happens if ids are made by `sorted(set(...))` in one
# program and by the order of the data in another.
#
# Two more, which you need not run: with **one** label, or with `problem_type` left over from another task, `transformers` computes another
# loss without a word. (The config remembers its last problem type.) And the config object belongs to the old model as well: what you
# change in it, you change for both.
#
# By hand: `labels = ["rise", "fall", "hold"]` gives `id2label = {0: "rise", 1: "fall", 2: "hold"}` and
# `label2id = {"rise": 0, "fall": 1, "hold": 2}`.
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
# <details><summary>Common mistakes</summary>
#
# - `AutoModelForSequenceClassification.from_config` alone: the right shape, and random weights everywhere.
# - `from_pretrained(..., ignore_mismatched_sizes=True)`: it works once, on the language model. Used again to load the *trained* classifier
#   with another number of labels, it draws the head anew without an error.
# - `model.config.num_labels = ...` on the config that the old model still uses.
#
# </details>
#
# <details><summary>Stuck?</summary>
#
# Make a new cell below your answer with `from tlcore.stand_ins import new_task_head`: it is good enough for the rest of the notebook. Your
# answer keeps its points.
#
# </details>
# %% [markdown]
# **What you just saw**: the names, saved and loaded again, and that the body is the pretrained one. The control is a classifier made from the
# config alone.

# %%
classifier = new_task_head(bert, labels)
folder = tempfile.mkdtemp()
classifier.save_pretrained(folder)
loaded = AutoModelForSequenceClassification.from_pretrained(folder)
print("loaded again:", loaded.config.id2label, "loss", f"{loaded(**batch, labels=torch.tensor([0, 1, 2])).loss:.2f}")
control = AutoModelForSequenceClassification.from_config(classifier.config).eval()
with torch.no_grad():
    wanted = bert.base_model(**batch).last_hidden_state
    for what, model in {"yours": classifier, "control": control}.items():
        distance = (model.base_model(**batch).last_hidden_state - wanted).abs().max()
        print(f"{what}: hidden states differ from those of the pretrained body by {distance:.2g}")

# %% [markdown]
# For three classes and a head that knows nothing, the loss is about log 3 = 1.10. BERT's pooler is new, too, and stays random if the body is
# frozen. You will see below what this costs. GPT-2 and Llama have no pooler. Their classifiers read the last position that is not padding, and find
# it by the *id* of the padding in the config, not by your mask; without `pad_token_id` they refuse a batch of more than one text.
#

# %% [markdown]
# ## Six models for a fair comparison · `make_regimes`
#
# You want to know what pretraining is worth. So you train the same classifier in several ways on the same few headlines. The comparison is
# fair if the models differ in nothing but what you compare.
#
# **A real failure.** Somebody fills a dict.
#
# <details><summary>Predict first: how many numbers can learn in "features", and how many in "full"?</summary>
#
# `requires_grad_` works in place and returns the model. How many models are there?
#
# </details>

# %%
model = from_pretrained(name, auto_class="AutoModelForSequenceClassification", num_labels=3)[0]
regimes = {"full": model, "features": model}
regimes["features"].base_model.requires_grad_(False)
for what, each in regimes.items():
    print(what, sum(p.numel() for p in each.parameters() if p.requires_grad), "numbers can learn")

# %% [markdown]
# There is one model, so "full" was never fine-tuned in full. Trained one after the other, the second would also start where the first has
# ended. Other ways to spoil the comparison: each regime draws its own head; the pooler learns in one and not in the other; the update of LoRA
# does not start at zero.
#
# And a control is missing. If frozen features beat training from scratch, is it the pretraining? It might be that any large frozen body helps.
# So one more regime has a *random* body that is frozen. If that does as well, your pretraining is worth nothing.
#
# By hand, for BERT of width 64 with two blocks and three labels: `features` and `random` train 3 · 64 + 3 = 195 numbers. LoRA with r = 4 on
# queries, keys and values adds 2 · 3 · 4 · (64 + 64) = 3,072 to them.
#
# **Write** `make_regimes(base, labels)`. `base` is a language model from `transformers` (BERT, GPT-2 or Llama), `labels` a list of class
# names. Return a dict with six classifiers for these labels, made with your `new_task_head`, in eval mode. `make_config` is given: it makes
# the configuration with which `get_peft_model(model, config)` puts PEFT's layers into a model.
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
# %% [markdown]
# <details><summary>Common mistakes</summary>
#
# - `dict.fromkeys(names, model)`: six names for one model.
# - `get_peft_model` around the model that is `"full"` already: PEFT freezes it, in place.
# - A body of random weights whose embeddings are still the pretrained ones.
#
# </details>
#
# <details><summary>Stuck?</summary>
#
# Read on: the table below shows what you would see.
#
# </details>
# %% [markdown]
# **What you just saw**, in numbers: three draws of 15 headlines for each class, six regimes, 100 updates each.
#
# <details><summary>Predict first: which regime comes last, and is "features" better than "scratch"?</summary>
#
# Between the frozen body and the head of `"features"` sits the random pooler. And `"random"` has a random body as well.
#
# </details>

# %%
rates = {"features": 0.3, "partial": 1e-3, "lora": 1e-2, "full": 3e-3, "scratch": 1e-3, "random": 0.3}
scores = {regime: [] for regime in rates}
for seed in progress(range(3), desc="three draws"):
    torch.manual_seed(seed)
    models = make_regimes(bert, labels)
    draw_of_15 = market_headlines("direction", 600, seed=seed).few(15, seed=seed)
    for regime, model in models.items():
        batches = draw_of_15.loader(tokenizer, 16, shuffle=True, seed=seed)
        train(model, batches, steps=100, lr=rates[regime], cosine=True, progress=False)
        scores[regime].append(accuracy(model, test.loader(tokenizer, 600)))
for regime, found in scores.items():
    learn = sum(p.numel() for p in models[regime].parameters() if p.requires_grad)
    spread = torch.tensor(found).std()
    print(f"{regime:9} {learn:6} numbers learn: {sum(found) / 3:.1%}, standard deviation {spread:.1%}")
means = [100 * sum(found) / 3 for found in scores.values()]
draw(plots.bars("Test accuracy, mean of three draws (chance: 33 %)", list(scores), means, ylabel="%"))

# %% [markdown]
# Each regime has a learning rate of its own, the best of eight on other headlines; they differ by a factor of 300. At the best rate of
# `"features"`, the full model learns nothing. Over ten seeds (`docs/effects.md`):
#
# | regime | numbers that learn | accuracy |
# |---|---|---|
# | features | 195 | 89.7 ± 2.1 |
# | partial | 37,827 | 97.1 ± 2.0 |
# | lora | 3,267 | 99.3 ± 2.1 |
# | full | 85,059 | 98.6 ± 2.0 |
# | scratch | 85,059 | 50.2 ± 8.0 |
# | random | 195 | 33.4 ± 0.2 |
#
# What this shows: with 15 labels for each class, pretraining is worth about 48 points in full, and it is the *pretraining*, since the frozen
# random body is at chance. LoRA and full fine-tuning cannot be told apart by ten seeds (0.7 points, 95 % interval -1.3 to 2.8), nor partial and
# full.
#
# What it does not show: that a frozen body is the weaker choice. `"features"` reads it through the random pooler. The mean of the same
# body with a logistic regression, your features from above, scores 95.8 ± 1.1, with no training of the body at all. And the random body is not
# empty: by its mean, a logistic regression scores 45.6 ± 3.4, twelve points above chance. Whether transfer helps depends on how you read the
# features, not only on the weights.
#
# **For real:** put the folder or the hub name of another BERT into `name` at the top; your functions stay as they
# are. It was tried with a BERT of base size (109 million parameters, random weights, saved in a folder) on one
# core: features of 45 headlines took 1 s; one update on 16 headlines took 0.4 s with a frozen body, 0.7 s with LoRA, 2.0 s in full.
# The 18 runs of the last cell would take about half an hour. Six models at once needed 4.3 GB of memory, and 5.2 GB while one of them learned
# in full. So make them one after the other, or use a GPU. What else changes: a tokenizer that splits rare words, longer texts (the time grows
# with their length), smaller rates (1e-5 to 5e-5 in full), and weights in bfloat16, which your functions keep.
#
# **Bonus.** Make the six regimes from `market-gpt2` and `market-llama`, which have no pooler. Add a regime that trains head and pooler. Give BERT a
# pretrained pooler: train all of it on the other task of the headlines, `market_headlines("continent")`, and go on from there.
#
# **To read:** Devlin et al. 2019, *BERT* (arXiv 1810.04805), section 5.3 on features; Reimers and Gurevych 2019, *Sentence-BERT* (arXiv
# 1908.10084), on mean and [CLS]; the documentation of transformers on padding and truncation.
