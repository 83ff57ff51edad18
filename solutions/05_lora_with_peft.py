# %% [markdown]
# # LoRA with PEFT
#
# In notebook 04 you built LoRA yourself. In practice you will use the library **PEFT**, which does the same in three lines. Those
# three lines have traps, and most of them raise no error: a head that is lost when you load the adapter again, layers that get no
# update because they have another name here, an optimizer that holds the wrong parameters. In this notebook you meet each trap
# first, and then write the code that avoids it.
#
# When you are done you can
#
# - say which layers of a model get an update, whatever they are called,
# - adapt a classifier, save it in a small folder, and get exactly the same model back,
# - train an adapter, and know that the base has not moved,
# - deploy an adapted model without PEFT,
# - serve several tasks with one base.
#
# {{Questions}} questions, about {{minutes}} minutes, reading included:
#
# {{table}}
#
# At the end, your own LoRA of notebook 04 runs beside PEFT's, number by number. Run the cells from top to bottom.

# %%
import copy
import tempfile
import warnings
from types import SimpleNamespace

import torch
import transformers
from peft import LoraConfig, PeftModel, get_peft_model
from torch import nn
from transformers.pytorch_utils import Conv1D

from tlcore import plots
from tlcore.check import check
from tlcore.data import market_headlines
from tlcore.loading import from_pretrained, tokenizer_for
from tlcore.plots import draw
from tlcore.stand_ins import LoRALinear, inject_lora
from tlcore.training import accuracy, train

torch.set_num_threads(1)  # small models are quickest on one core
transformers.logging.set_verbosity_error()  # it tells of every new head; we know
warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing.*")  # PEFT calls it by its old name
warnings.filterwarnings("ignore", message="fan_in_fan_out is set to")  # PEFT sees by itself which layers are Conv1D

# %% [markdown]
# ## The model and the task
#
# `market-bert` is BERT with 85 thousand parameters. It has learned to fill gaps in 4,000 reports of the crop markets. The task is to
# tell from a headline which way a price goes: `rise`, `fall` or `hold`. There are 22 verbs for each direction, and only 15 headlines
# with labels for each, so that many verbs of the test are in no training headline. The reports had no labels, but they give reasons
# for the moves, so that the model can have learned which verbs mean the same.

# %%
name = "market-bert"  # one line to change; see the end
tokenizer = tokenizer_for(name)
few = market_headlines("direction", 600, seed=1).few(15, seed=1)
test = market_headlines("direction", 600, seed=2_000_000)
train_batches = few.loader(tokenizer, 16, shuffle=True, seed=0)
test_batches = test.loader(tokenizer, 200)


def classifier(seed=0, pooler=0):
    """The pretrained body with a new, random head for three classes."""
    torch.manual_seed(pooler)
    model = from_pretrained(name, auto_class="AutoModelForSequenceClassification", num_labels=3)[0]
    torch.manual_seed(seed)
    head = model.classifier if hasattr(model, "classifier") else model.score
    nn.init.normal_(head.weight, std=0.02)
    return model


for text, label in list(zip(few.texts, few.labels, strict=True))[:3]:
    print(f"{few.names[label]:5}  {text}")
print("tokens:", tokenizer.tokenize(few.texts[0]))
print(f"with a new head, before any training: {accuracy(classifier(), test_batches):.0%} right (guessing: 33 %)")

# %% [markdown]
# Two things in `classifier` are random. One is the head. The other one is BERT's *pooler*, a linear layer between the last block and the
# head: `market-bert` was pretrained without one, as most masked language models are. It belongs to the body, so it stays frozen under an
# adapter, and `pooler=0` draws the same one each time. You will see below what happens if it is another one.
#
# ## Which layers · `make_config`
#
# **A real failure.** A tutorial for Llama says `target_modules=["q_proj", "v_proj"]`. Another one says that `"all-linear"` always
# works. Try both on BERT:

# %%
try:
    get_peft_model(classifier(), LoraConfig(target_modules=["q_proj", "v_proj"]))
except ValueError as error:
    print("names of another model:", error)
wrapped = get_peft_model(classifier(), LoraConfig(target_modules="all-linear"))
print("all-linear:", [n for n, _ in wrapped.named_parameters() if "classifier" in n])
print("the head can learn:", any(p.requires_grad for n, p in wrapped.named_parameters() if "classifier.base" in n))

# %% [markdown]
# The first one is loud. The second one is silent: your new, random head has been frozen, with a small update beside it. PEFT knows what
# a head is only if you tell it the task, or the name of the head. And what are the layers called? Look:

# %%
models = {
    "BERT": classifier(),
    "GPT-2": from_pretrained("market-gpt2")[0],
    "Llama": from_pretrained("market-llama")[0],
    "vision transformer": from_pretrained("digits-vit")[0],
}
for kind, model in models.items():
    layers = [n for n, m in model.named_modules() if isinstance(m, nn.Linear | Conv1D)]
    first = [n for n in layers if ".0." in n]
    rest = [n for n in layers if not any(part.isdigit() for part in n.split("."))]
    print(f"{kind}: first block {first}\n    outside the blocks {rest}; the body is {model.base_model_prefix!r}\n")

# %% [markdown]
# GPT-2 makes queries, keys and values in one layer, `c_attn`. Its layers are not `nn.Linear` but `Conv1D`, an older class that does the
# same. The names depend on the version, too: in earlier versions of transformers, the vision transformer said `query`.
#
# By hand: an update of rank r on a layer with `in` inputs and `out` outputs has r · (in + out) numbers. BERT here has two blocks of
# width 64. With r = 4 on queries, keys and values, that is 2 · 3 · 4 · (64 + 64) = 3,072 numbers.
#
# **Write** `make_config(model, r, alpha, where)`. It returns a `LoraConfig` for `model`, which is BERT, GPT-2, Llama or a vision
# transformer from `transformers`, as a classifier or as a language model:
#
# - `where="attention"`: the layers that make queries, keys and values get an update, in every block. (Hu et al. adapted these.)
# - `where="all"`: every linear layer of the **body** gets one, Conv1D included. The body is `model.base_model`; BERT's pooler is part
#   of it. (This is today's usual advice.)
# - What is outside the body is the head. It gets **no update**. The head of a **classifier** (`classifier` in BERT and the vision
#   transformer, `score` in GPT-2 and Llama) is new: it is trained as a whole, and PEFT must know this. The head of a **language
#   model** is pretrained: it stays frozen.
# - The rank is `r`, the update is scaled by `alpha / r`. `r` may be larger than a layer, `alpha` may be a fraction. Nothing else
#   learns: no biases, no norms.
# - `model` is only read.


# %% question="make_config" minutes=14 difficulty=2 objectives="O2,O3L"
def make_config(model, r, alpha, where):
    """LoRA for the layers of the body that `where` means; a classifier's head learns as a whole.

    Args:
        model: a classifier or a language model of transformers; it is only read.
        r: the rank.
        alpha: the update is scaled by alpha / r.
        where: "attention" (queries, keys and values) or "all" (every linear layer of the body).
    """
    # 1. walk through the body, model.base_model, and collect the paths of the linear layers (GPT-2 has Conv1D instead)
    # 2. for "attention", keep those that make queries, keys and values
    # 3. put the body's own name in front: model.base_model_prefix
    # 4. which kind of model is it? a classifier's head must learn: find what its head is called
    ### BEGIN SOLUTION
    attention = ("query", "key", "value", "q_proj", "k_proj", "v_proj", "c_attn")
    layers = [path for path, part in model.base_model.named_modules() if isinstance(part, nn.Linear | Conv1D)]
    if where == "attention":
        layers = [path for path in layers if path.split(".")[-1] in attention]
    name = type(model).__name__
    task = "SEQ_CLS" if name.endswith("ForSequenceClassification") else None
    task = "CAUSAL_LM" if name.endswith(("ForCausalLM", "LMHeadModel")) else task
    heads = [head for head in ("classifier", "score") if hasattr(model, head)]
    return LoraConfig(
        r=r,
        lora_alpha=alpha,
        target_modules=[f"{model.base_model_prefix}.{path}" for path in layers],
        modules_to_save=heads or None,
        task_type=task,
    )
    ### END SOLUTION


# %% check="make_config"
check("make_config")

# %% [markdown] hints="make_config"
# <details><summary>Hint 1: a nudge</summary>
#
# Do not write down paths: walk through `model.base_model.named_modules()` and take what you need. Then the depth does not matter, and
# the head is not there.
#
# <details><summary>Hint 2: targets and heads</summary>
#
# `target_modules` takes a list of paths, or of the ends of paths. (An end fits wherever a path ends so: BERT has a `dense` in the
# body and one in the head of the language model.) `modules_to_save=["classifier"]` trains and saves a module as a
# whole. `task_type="SEQ_CLS"` does so for `classifier` and `score`.
#
# <details><summary>Hint 3: which classes</summary>
#
# `isinstance(part, nn.Linear | Conv1D)`. For "attention", keep the paths whose last part is one of `query`, `key`, `value`, `q_proj`,
# `k_proj`, `v_proj`, `c_attn`. `type(model).__name__` ends with `Classification` for classifiers.
#
# <details><summary>Hint 4: nearly there</summary>
#
# `LoraConfig(r=r, lora_alpha=alpha, target_modules=[f"{model.base_model_prefix}.{path}" for path in layers],
# modules_to_save=heads or None)`, where `heads` are those of "classifier" and "score" that the model has.
#
# </details></details></details></details>
# %% [markdown]
# <details><summary>Common mistakes</summary>
#
# - `"all-linear"` for a masked language model: it wraps the `transform` of the head as well.
# - Passing `alpha / r` or `alpha * r`: PEFT divides by r by itself.
# - `modules_to_save=["lm_head"]`: that trains, and saves, the largest matrix of a language model.
#
# </details>
#
# <details><summary>Stuck?</summary>
#
# Make a new cell below your answer with `from tlcore.stand_ins import make_config`: it knows the attention of the classifiers here. Your
# answer keeps its points.
#
# </details>
# %% [markdown]
# **What you just saw**, in numbers: how much of the model learns, and that a new adapter changes nothing. The control is an adapter that
# has been filled with random numbers.

# %%
base, batch = classifier(), next(iter(test_batches))
words = {key: batch[key] for key in ("input_ids", "attention_mask")}
with torch.no_grad():
    for where in ("attention", "all"):
        model = get_peft_model(copy.deepcopy(base), make_config(base, 4, 8, where)).eval()
        model.print_trainable_parameters()
        print(
            "   the same answers as before, to the last bit:", torch.equal(model(**words).logits, base(**words).logits)
        )
    for n, p in model.named_parameters():
        if "lora_B" in n:
            nn.init.normal_(p)
    print("control: with a random B:", torch.equal(model(**words).logits, base(**words).logits))

# %% [markdown]
# Which choice is better? "All" has more numbers at the same rank, so compare them at *equal numbers*: rank 10 on the attention and rank 4
# on all linear layers of `market-bert`, 7,680 numbers each. Over ten seeds (`docs/effects.md` of the project), with five labels for each
# class, attention scores 85.6 ± 9.5 % and all 85.2 ± 6.8 %; with 25, 100.0 ± 0.1 and 99.7 ± 0.6. For `market-gpt2`, with five labels,
# 96.2 ± 5.2 and 90.5 ± 10.5. So "all" is **not better here**: in BERT there is no difference that ten seeds can see, in GPT-2 with five
# labels attention is ahead by 5.7 points (95 % interval 1.2 to 10.2). These are small models and one task. What others report for large
# ones, in favour of all layers, is neither shown nor refuted by this.
#
# ## Save it and get it back · `adapt_and_save`
#
# **A real failure.** Somebody forgets the task. The head does not learn, so it is unfrozen by hand. Training works. Then the adapter is
# saved and loaded into a fresh model, for which the library draws a new random head.
#
# <details><summary>Predict first: what will the loaded model score?</summary>
#
# The update is loaded, the head is not. The update was trained for *that* head. What can a random head do with it?
#
# </details>

# %%
model = get_peft_model(classifier(seed=0), LoraConfig(r=4, lora_alpha=8, target_modules=["query", "value"]))
for n, p in model.named_parameters():
    if "classifier" in n:
        p.requires_grad = True
train(model, train_batches, steps=80, lr=1e-2, cosine=True)
folder = tempfile.mkdtemp()
model.save_pretrained(folder)
loaded = PeftModel.from_pretrained(classifier(seed=5), folder)
print(f"trained {accuracy(model, test_batches):.0%}, loaded again {accuracy(loaded, test_batches):.0%}")

# %% [markdown]
# No warning. What PEFT did not put into `modules_to_save` is not in the file. (Another way to lose it: `names.append("classifier")`
# returns `None`, so `modules_to_save=names.append("classifier")` saves nothing.)
#
# There is a second trap in the same lines: PEFT puts its layers *into* the model that you hand over.

# %%
mine = classifier()
get_peft_model(mine, LoraConfig(target_modules=["query"]))
print("a layer of my own model is now a", type(mine.bert.encoder.layer[0].attention.self.query).__module__)

# %% [markdown]
# **Write** two functions.
#
# `adapt_and_save(base, path, train)`:
#
# - `base` is a classifier from `transformers` (BERT, GPT-2, Llama) with a new head. Adapt a copy of it with LoRA (any rank, any layers,
#   `make_config(base, 4, 8, "attention")` is fine) so that its head can learn, too, and nothing else of the base.
# - Call `train(model)` once. It trains, in place, all that can learn.
# - Save what was trained, update and head, into the folder `path`, which does not exist yet; and nothing of the rest of the base. Other
#   folders beside it are left alone.
# - Return the trained model.
#
# `restore(base, path)`:
#
# - `base` is a fresh model: the same body, another random head. Return a model that answers as the trained one did. It may run in another
#   process: the folder is all that it has. If the body was updated meanwhile, it keeps its own weights.
#
# In both, the caller's `base` stays as it is: its numbers, its layers, and what in it can learn.


# %% question="adapt_and_save" minutes=14 difficulty=2 objectives="O3L"
def adapt_and_save(base, path, train):
    """Adapt a copy of `base` with LoRA, train it, and save what was trained into the folder `path`.

    Returns the trained model. `base` stays as it is.
    """
    # 1. a configuration whose head is trained and saved, for instance make_config(base, 4, 8, "attention")
    # 2. wrap a copy: PEFT changes the model that it is given
    # 3. train, then save, then return the trained model
    ### BEGIN SOLUTION
    model = get_peft_model(copy.deepcopy(base), make_config(base, 4, 8, "attention"))
    train(model)
    model.save_pretrained(path)
    return model
    ### END SOLUTION


def restore(base, path):
    """The adapted model again, from a fresh base and the folder. `base` stays as it is."""
    # 4. load the folder around a copy of this base
    ### BEGIN SOLUTION
    return PeftModel.from_pretrained(copy.deepcopy(base), path)
    ### END SOLUTION


# %% check="adapt_and_save"
check("adapt_and_save")

# %% [markdown] hints="adapt_and_save"
# <details><summary>Hint 1: a nudge</summary>
#
# What does PEFT train as a whole, and save, if the configuration tells it the task? And who owns the model that you hand to it?
#
# <details><summary>Hint 2: which functions</summary>
#
# `get_peft_model(copy.deepcopy(base), config)` wraps a copy. `model.save_pretrained(path)` writes what was trained. To load, there is a
# class method of `PeftModel`.
#
# <details><summary>Hint 3: nearly there</summary>
#
# `restore` is one line: `PeftModel.from_pretrained(copy.deepcopy(base), path)`. `get_peft_model` would make a new adapter instead.
#
# </details></details></details>
# %% [markdown]
# <details><summary>Stuck?</summary>
#
# Go on with the next question: nothing below needs your answer.
#
# </details>
# %% [markdown]
# **What you just saw**, on the headlines. One control is the fresh model without the folder. The other is a base with another random
# pooler: the same checkpoint, loaded under another seed, six times.

# %%
folder = tempfile.mkdtemp() + "/direction"
mine = classifier(seed=0)
trained = adapt_and_save(mine, folder, lambda model: train(model, train_batches, steps=80, lr=1e-2, cosine=True))
fresh = classifier(seed=5)
found = {
    "trained": trained,
    "restored": restore(fresh, folder),
    "control, without the folder": fresh,
}
for what, model in found.items():
    print(f"{what:28} {accuracy(model, test_batches):.1%}")
others = [restore(classifier(seed=5, pooler=pooler), folder) for pooler in range(1, 7)]
print("control, six other poolers  ", *(f"{accuracy(model, test_batches):.0%}" for model in others))

# %% [markdown]
# Trained and restored have the same score, because they are the same function. With another pooler it is a lottery: the
# adapter was trained for a body that is gone, and three groups of headlines get three classes by chance. An adapter is the difference to *one* base. So give a fresh part of the body a seed, as here, or let
# PEFT train and save it with the head, or save the base once.
#
# ## Train it · `train_adapter`
#
# **A real failure.** The optimizer is made where it always is made, right after the model. Then the model is wrapped.

# %%
model = classifier()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
model = get_peft_model(model, make_config(model, 4, 8, "attention"))
history = train(model, train_batches, steps=60, optimizer=optimizer)
print(f"loss: first ten steps {sum(history.loss[:10]) / 10:.2f}, last ten steps {sum(history.loss[-10:]) / 10:.2f}")

# %% [markdown]
# Nothing learns. The optimizer holds the base's parameters, which PEFT has frozen; the factors, and the copy of the head that PEFT
# trains, came later. (The loss wobbles because of the batches.) A learning rate of 5e-5 looks the same in a log: it is usual for
# *full* fine-tuning, and far too low for a few steps of LoRA. Other mistakes look otherwise: labels that are -100 everywhere give `nan`,
# and a model that was never put into train mode learns, without its dropout, so that no log shows it.
#
# **Write** `train_adapter(model, data, cfg)`:
#
# - `model` is a model from `transformers`, not wrapped yet. You may wrap it in place.
# - `data` gives batches, dicts for `model(**batch)` with labels in them, each time it is gone through. It may be a list, a DataLoader or
#   any other iterable. One that shuffles gives another order each time, so go through `data` itself in every epoch. Pass all of a batch on: with the mask, padding is not looked at; a label of -100 is not counted.
# - `cfg.lora` is a LoraConfig. Call `torch.manual_seed(cfg.seed)` directly before you wrap the model: A is drawn at random.
# - The optimizer is `cfg.optimizer`, a class of `torch.optim`, with the learning rate `cfg.lr` and no other settings. All that PEFT
#   lets learn is trained, and nothing else: the base does not move, to the last bit.
# - Go through the data `cfg.epochs` times, one step for each batch, without clipping gradients. Dropout is on all that time.
# - Return a pair: the wrapped model, in eval mode, and a list with the loss of every step before its update.


# %% question="train_adapter" minutes=12 difficulty=2 objectives="O3L"
def train_adapter(model, data, cfg):
    """Wrap `model` with `cfg.lora` and train what can learn.

    Args:
        model: a model of transformers, not yet wrapped.
        data: batches, dicts that `model(**batch)` takes; gone through once per epoch.
        cfg: lora, optimizer (a class of torch.optim), lr, epochs, seed.

    Returns:
        The wrapped model in eval mode, and the loss of every step before its update.
    """
    # 1. torch.manual_seed(cfg.seed), then wrap: A starts at random
    # 2. the optimizer cfg.optimizer, with the learning rate cfg.lr, over what can learn now
    # 3. train mode; for each epoch and batch: loss, gradients, step
    # 4. eval mode; return the wrapped model and the losses
    ### BEGIN SOLUTION
    torch.manual_seed(cfg.seed)
    model = get_peft_model(model, cfg.lora)
    optimizer = cfg.optimizer([p for p in model.parameters() if p.requires_grad], lr=cfg.lr)
    losses = []
    model.train()
    for _ in range(cfg.epochs):
        for batch in data:
            loss = model(**batch).loss
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return model.eval(), losses
    ### END SOLUTION


# %% check="train_adapter"
check("train_adapter")

# %% [markdown] hints="train_adapter"
# <details><summary>Hint 1: a nudge</summary>
#
# Which tensors exist when the optimizer is made? Write the lines in this order: seed, wrap, optimizer, loop.
#
# <details><summary>Hint 2: what the optimizer gets</summary>
#
# `[p for p in model.parameters() if p.requires_grad]`, of the wrapped model. (All parameters would do: frozen ones have no gradient.)
#
# <details><summary>Hint 3: nearly there</summary>
#
# In the loop: `loss = model(**batch).loss`, `optimizer.zero_grad()`, `loss.backward()`, `optimizer.step()`,
# `losses.append(loss.item())`. `model.train()` before it, `return model.eval(), losses` after it.
#
# </details></details></details>
# %% [markdown]
# <details><summary>Stuck?</summary>
#
# Make a new cell below with `from tlcore.stand_ins import train_adapter`: it trains well enough for the cells that follow.
#
# </details>
# %% [markdown]
# **What you just saw**, on the headlines: a rate for LoRA beside the rate that is usual for full fine-tuning, at the same number of
# steps.

# %%
curves = {}
for lr in (1e-2, 5e-5):
    base = classifier()
    lora = make_config(base, 4, 8, "attention")
    cfg = SimpleNamespace(lora=lora, optimizer=torch.optim.AdamW, lr=lr, epochs=25, seed=0)
    adapted, curves[f"lr {lr:g}"] = train_adapter(base, train_batches, cfg)
    print(f"learning rate {lr:g}: {accuracy(adapted, test_batches):.1%} of the test right")
    if lr == 1e-2:
        direction = adapted
draw(plots.lines("Loss while the adapter is trained", curves, xlabel="step", ylabel="loss"))

# %% [markdown]
# ## Deploy it · `deploy`
#
# In use, nobody wants to pay for two more products in each layer, or to install PEFT. Merging puts the update into the weights. By hand,
# as in notebook 04: W + (alpha / r) B A.
#
# **A real failure.** GPT-2's output layer is *tied* to its embedding: one tensor in two places. Give the output layer an update, and
# merge.
#
# <details><summary>Predict first: what changes besides the output layer?</summary>
#
# The embedding, since it is the same tensor. The model then reads other words than those that it was given.
#
# </details>

# %%
gpt2, words2 = (
    from_pretrained("market-gpt2")[0],
    tokenizer_for("market-gpt2")(few.texts[:8], padding=True, return_tensors="pt"),
)
words2 = {key: words2[key] for key in ("input_ids", "attention_mask")}
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # PEFT does warn of this one
    tied = get_peft_model(gpt2, LoraConfig(target_modules=["c_attn", "lm_head"], task_type="CAUSAL_LM")).eval()
torch.manual_seed(0)
for n, p in tied.named_parameters():
    if "lora_B" in n:
        nn.init.normal_(p, std=0.1)
with torch.no_grad(), warnings.catch_warnings():
    warnings.simplefilter("ignore")
    told = tied(**words2).logits
    merged = copy.deepcopy(tied).merge_and_unload()(**words2).logits
print(f"largest logit {told.abs().max():.1f}, largest difference after merging {(merged - told).abs().max():.1f}")

# %% [markdown]
# **Write** `deploy(model)`. `model` is a PEFT model with one LoRA adapter:
#
# - Return a plain model of `transformers`, head included, that answers as `model` does, up to rounding. Its parameters have the names
#   that those of the base have; nothing of PEFT is left. It is in eval mode.
# - `transformers` alone can save it and load it again (`save_pretrained`, `from_pretrained`), with the same answers.
# - `model` goes on as before: the same answers, the same mode, its adapter still there and able to learn. The deployed model does not
#   follow when `model` learns on. `model` can be deployed again.
# - The output layer of a language model may have an update and be tied to the embedding. The answers must be the same here, too. So give
#   this layer a weight of its own before you merge, and tell the config: `tie_word_embeddings = False`.


# %% question="deploy" minutes=12 difficulty=3 objectives="O3L"
def deploy(model):
    """A model of transformers with the adapter in its weights, in eval mode; `model` stays as it is."""
    # 1. work on a copy
    # 2. is a layer with an update tied to another one? give it a weight of its own, and say so in the config
    # 3. merge and unload
    ### BEGIN SOLUTION
    merged = copy.deepcopy(model)
    table = merged.get_input_embeddings().weight if hasattr(merged.config, "vocab_size") else None
    for part in merged.modules():
        layer = getattr(part, "base_layer", None)
        if layer is not None and layer.weight is table:
            layer.weight = nn.Parameter(table.detach().clone())
            merged.base_model.model.config.tie_word_embeddings = False
    return merged.merge_and_unload().eval()
    ### END SOLUTION


# %% check="deploy"
check("deploy")

# %% [markdown] hints="deploy"
# <details><summary>Hint 1: a nudge</summary>
#
# There is a method that merges and takes PEFT's layers away. On which model do you call it, so that the adapted one lives on?
#
# <details><summary>Hint 2: who is tied to whom</summary>
#
# A layer with an update has the layer that it stands for in `part.base_layer`. Two layers are tied if their weights are the same object:
# `part.base_layer.weight is merged.get_input_embeddings().weight`. (A vision model has no table of words: ask only if its config has a
# `vocab_size`.)
#
# <details><summary>Hint 3: nearly there</summary>
#
# `merged = copy.deepcopy(model)`; for a tied layer
# `part.base_layer.weight = nn.Parameter(part.base_layer.weight.detach().clone())` and
# `merged.base_model.model.config.tie_word_embeddings = False`; then `merged.merge_and_unload().eval()`.
#
# </details></details></details>
# %% [markdown]
# <details><summary>Common mistakes</summary>
#
# - `model.get_base_model()`: the updates are inside it, so it answers right, and it still needs PEFT.
# - `model.unload()` takes the update off without adding it; `model.merge_adapter()` adds it without taking PEFT's layers away.
# - Comparing in train mode: with dropout two calls differ anyway.
#
# </details>
#
# <details><summary>Stuck?</summary>
#
# Go on: nothing below needs your answer.
#
# </details>
# %% [markdown]
# **What you just saw**, on the headlines: what merging costs.

# %%
plain = deploy(direction)
with torch.no_grad():
    told, merged = direction(**words).logits, plain(**words).logits
print(f"largest logit {told.abs().max():.1f}, largest difference {(merged - told).abs().max():.1e}")
print(f"test: adapted {accuracy(direction, test_batches):.2%}, deployed {accuracy(plain, test_batches):.2%}")
print("class of the deployed model:", type(plain).__name__)

# %% [markdown]
# The answers agree to about six digits, and that holds for ten seeds and both models (`docs/effects.md`): at most 4 millionths of the
# largest logit, and no headline changed its class. In bfloat16, the precision of most large models, merging changed a logit by up to a
# tenth of the largest, and in the worst of forty runs 0.2 % of the headlines changed their class. So compare before you deploy.
#
# ## One base, many tasks · `task_switcher`
#
# An adapter is small, so one base can serve many tasks: load all adapters, and switch.
#
# **A real failure.** Train a second adapter, for another question about the same headlines: on which continent is the place? Load both
# into one base, and ask.

# %%
where_few = market_headlines("continent", 600, seed=1).few(15, seed=1)
where_test = market_headlines("continent", 600, seed=2_000_000).loader(tokenizer, 200)
base = classifier(seed=1)
cfg = SimpleNamespace(
    lora=make_config(base, 4, 8, "attention"), optimizer=torch.optim.AdamW, lr=1e-2, epochs=25, seed=1
)
continent, _ = train_adapter(base, where_few.loader(tokenizer, 16, shuffle=True, seed=0), cfg)
folders = {"direction": tempfile.mkdtemp(), "continent": tempfile.mkdtemp()}
direction.save_pretrained(folders["direction"])
continent.save_pretrained(folders["continent"])
both = PeftModel.from_pretrained(classifier(seed=2), folders["direction"], adapter_name="direction")
both.load_adapter(folders["continent"], adapter_name="continent")
print(
    f"single models: direction {accuracy(direction, test_batches):.0%}, continent {accuracy(continent, where_test):.0%}"
)
print(f"both loaded:   direction {accuracy(both, test_batches):.0%}, continent {accuracy(both, where_test):.0%}")

# %% [markdown]
# The second adapter was loaded, and it does not work, because loading does not switch: the first one is still active. (Nor would it help
# to wrap the model a second time: PEFT then puts the second adapter into the layers of the first.)
#
# **Write** the class `TaskSwitcher(base)`. `base` is a classifier from `transformers` (BERT, GPT-2 or Llama). It belongs to the switcher
# from now on, which may wrap it.
#
# - `add(task, path)` loads the adapter in the folder `path`, as PEFT's `save_pretrained` wrote it: an update and a head. `task` is a plain
#   word. Ranks and layers may differ from task to task; all heads have as many classes as the base's. Tasks can be added at any time, any
#   number of them.
# - `logits(task, batch)` returns the logits of that task's model, whatever was asked before: update and head belong together. `batch` is a
#   dict for `model(**batch)` without labels. Dropout is off.
# - `logits(None, batch)` returns the logits of the base with its own head, to the last bit, also before any task was added.
# - The base is in memory once, not once for each task. Two switchers, for two bases, do not disturb each other.


# %% question="task_switcher" minutes=12 difficulty=2 objectives="O3L"
class TaskSwitcher:
    """Keeps one base and switches between the adapters that were added."""

    def __init__(self, base):
        # 1. keep the base; there is no adapter yet
        ### BEGIN SOLUTION
        self.base = base.eval()
        self.model = None
        ### END SOLUTION

    def add(self, task, path):
        """Load the adapter in the folder `path` under the name `task`."""
        # 2. the first adapter wraps the base; every other one joins it, each under its own name
        ### BEGIN SOLUTION
        if self.model is None:
            self.model = PeftModel.from_pretrained(self.base, path, adapter_name=task)
        else:
            self.model.load_adapter(path, adapter_name=task)
        self.model.eval()
        ### END SOLUTION

    @torch.no_grad()
    def logits(self, task, batch):
        """The logits of a task for a batch, inputs by name; with None those of the base alone."""
        # 3. None: the base without any adapter, its own head included
        # 4. else: switch to the task's adapter, then ask
        ### BEGIN SOLUTION
        if self.model is None:
            return self.base(**batch).logits
        if task is None:
            with self.model.disable_adapter():
                return self.model(**batch).logits
        self.model.set_adapter(task)
        return self.model(**batch).logits
        ### END SOLUTION


# %% check="task_switcher"
check("task_switcher")

# %% [markdown] hints="task_switcher"
# <details><summary>Hint 1: a nudge</summary>
#
# What has to happen between loading an adapter and asking it? And what, if nobody is asked but the base?
#
# <details><summary>Hint 2: which methods</summary>
#
# `PeftModel.from_pretrained(base, path, adapter_name=task)` for the first task, `model.load_adapter(path, adapter_name=task)` for every
# other one. `model.set_adapter(task)` switches, the head as well. `with model.disable_adapter():` is the base.
#
# <details><summary>Hint 3: nearly there</summary>
#
# Keep `self.model = None` until the first `add`. In `logits`: no model yet, ask `self.base`; task is None, ask inside
# `with self.model.disable_adapter():`; else `set_adapter(task)` first. In eval mode and under `torch.no_grad()`.
#
# </details></details></details>
# %% [markdown]
# <details><summary>Stuck?</summary>
#
# Skip the next cell; the last section does not need the switcher.
#
# </details>
# %% [markdown]
# **What you just saw**, on the headlines. The control is the base before and after.

# %%
base = classifier(seed=2)
with torch.no_grad():
    before = base(**words).logits
switcher = TaskSwitcher(base)
for task, path in folders.items():
    switcher.add(task, path)
labels = {"direction": test.labels[:200], "continent": market_headlines("continent", 600, seed=2_000_000).labels[:200]}
for task in ("direction", "continent", "direction"):
    right = (switcher.logits(task, words).argmax(1) == labels[task]).float().mean()
    print(f"{task}: {right:.0%} of 200 headlines right")
print("the base is the same to the last bit:", torch.equal(switcher.logits(None, words), before))

# %% [markdown]
# With the adapter off the base is there to the last bit; it was so in all of forty trained models (`docs/effects.md`). Nothing was
# subtracted: the base's weights were never touched. With an adapter *on*, the model forgets like any other (notebook 04).
#
# ## Your own LoRA beside PEFT's
#
# Is what you built in notebook 04 really the same? Put your `LoRALinear` around the same layers, give it the A that PEFT has drawn, and
# train both on the same batches. If you still have your answers of notebook 04, paste `LoRALinear` and `inject_lora` into a cell above;
# unless you do, sound ones are used.
#
# <details><summary>Predict first: after how many digits will the losses of the two differ?</summary>
#
# The formula is the same. The order of the operations is not quite, so the last of about seven digits may differ, and training carries
# such differences on.
#
# </details>

# %%
base = classifier()
theirs = get_peft_model(
    copy.deepcopy(base), LoraConfig(r=4, lora_alpha=8, target_modules=["query", "value"], task_type="SEQ_CLS")
)
own = copy.deepcopy(base).requires_grad_(False)
own.classifier.requires_grad_(True)
inject_lora(own, ["query", "value"], r=4, alpha=8)
pairs = []
for path, part in own.named_modules():
    if isinstance(part, LoRALinear):
        factors = theirs.base_model.model.get_submodule(path)
        pairs.append((part, factors))
        with torch.no_grad():
            part.A.copy_(factors.lora_A["default"].weight)
losses = {}
for who, model in {"yours": own, "PEFT": theirs}.items():
    batches = few.loader(tokenizer, 16, shuffle=True, seed=3)
    losses[who] = train(model, batches, steps=30, lr=1e-2).loss
for step in (0, 1, 9, 29):
    print(f"step {step + 1:2}: loss of yours {losses['yours'][step]:.7f}, of PEFT {losses['PEFT'][step]:.7f}")
with torch.no_grad():
    updates = [(mine.alpha / mine.r * mine.B @ mine.A, peft.get_delta_weight("default")) for mine, peft in pairs]
    largest = max(float((mine - peft).abs().max()) for mine, peft in updates)
    size = max(float(peft.abs().max()) for _, peft in updates)
    answers = (own.eval()(**words).logits - theirs.eval()(**words).logits).abs().max()
print(f"updates: largest entry {size:.3f}, largest difference {largest:.1e}; logits: largest difference {answers:.1e}")
print("numbers that learn:", *(sum(p.numel() for p in m.parameters() if p.requires_grad) for m in (own, theirs)))

# %% [markdown]
# Number by number the same, up to rounding: PEFT's LoRA *is* what you built. What the library adds is around it: names, files, heads,
# several adapters, and more methods than LoRA.
#
# **For real:** put the folder or the hub name of another BERT into `name` at the top; the functions that you wrote stay as they are. With
# a full-size model you will want a GPU, batches as large as its memory allows, gradients collected over several batches
# (`loss / k`, and a step after every k), and weights in bfloat16. Then merging costs more digits, see above. A new tokenizer splits rare
# words into pieces. Start with a learning rate of 1e-4 to 1e-3 and hundreds of steps.
#
# **Bonus.** Do the questions of this notebook with `name = "market-gpt2"` or `"market-llama"`; the failures above name layers of BERT, so
# put `c_attn` or `q_proj` there. Load an adapter with another `lora_alpha` in its
# `adapter_config.json`: what changes? Give `TaskSwitcher` tasks with another number of classes.
#
# **To read:** Hu et al. 2021, *LoRA* (arXiv 2106.09685); Dettmers et al. 2023, *QLoRA* (arXiv 2305.14314), for updates on all linear
# layers; the developer guide of PEFT on LoRA.
