# %% [markdown]
# # Negative transfer
#
# {{Questions}} questions, {{minutes}} minutes:
#
# {{table}}

# %%
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from transformers import ResNetForImageClassification

from tlcore.check import check
from tlcore.checkpoints import FOLDER
from tlcore.checkpoints.hub import HUB, NEEDS, digits_target, read_cards
from tlcore.data.clinic import clinic_runs
from tlcore.loading import from_pretrained
from tlcore.models import TinyNet
from tlcore.models.outputs import logits_of
from tlcore.training import linear_probe, predict, train

torch.set_num_threads(1)  # small models are quickest on one core

# %% [markdown]
# ## The clinic · `fix`
#
# Transfer can fail because the source does not fit. It fails more often because the run is broken, and a broken run seldom stops with
# an error. It ends with a number, and the number looks like bad luck.
#
# **Four patients.** Twelve networks were fine-tuned on photos of leaves. In each run one function has a fault, or none has. Put your name
# into the next cell: it gives you four of the twelve, the same four each time, one of each kind.
# In the regime `"frozen"` only the new head is to be trained; in the regime `"full"` everything is.
#
# Predict, from what is printed and before you read on: which of your four runs are broken?

# %%
NAME = "ada"
patients = clinic_runs(NAME)
for number, run in enumerate(patients, 1):
    log = run["transcript"]
    print(f"patient {number}, regime {run['regime']}")
    print("  photos, mean and std by channel:", log["photos"]["mean"], log["photos"]["std"])
    print("  card,   mean and std by channel:", log["card"]["mean"], log["card"]["std"])
    print("  input,  mean and std by channel:", log["input"]["mean"], log["input"]["std"])
    for part, plants in log["plants"].items():
        print(f"  plants in {part}: {len(set(plants))}, the first ones {sorted(set(plants))[:9]}")
    print("  loss by epoch:", log["loss"])
    print("  gradient of the batch, six steps:", log["own"])
    print("  gradient used, the same steps:   ", log["used"])
    print("  moved in training:", log["moved"])
    print("  evaluation:", log["evaluation"])

_, axes = plt.subplots(figsize=(6.5, 3))
for number, run in enumerate(patients, 1):
    axes.plot(range(1, 7), run["transcript"]["loss"], marker="o", label=f"patient {number}, {run['regime']}")
axes.axhline(np.log(6), color="gray", linestyle=":", label="guessing, log 6")
axes.set(xlabel="epoch", ylabel="mean loss in training", title="Which of these curves is ill?")
axes.legend()
plt.show()

# %% [markdown]
# <details><summary>Answer</summary>
#
# The curves do not tell. In most of the broken runs the loss falls as it does in sound ones. What tells is a number that *cannot* be
# so if the run did what it says: a frozen backbone that moved, one model with two accuracies, a mean of the input that is not the one that
# photos and card give.
#
# </details>
#
# **By hand.** The photos have a mean of 0.6, the card says 0.5 and 0.2. Then the mean of the input is `(0.6 - 0.5) / 0.2 = 0.5`. A mean of
# 0 would be wrong, however normal it looks: the pictures were normalised by themselves. And an evaluation on 8 rows with 6 right and
# on 2 rows with none right is 60 %, not the mean of 75 % and 0 %.
#
# **Write** `fix(run)`. It returns a pair `(cause, patched)`: the cause as one of the texts below, and a function in place of the broken one.
# Each run has at most one fault. If it has none, return `("sound", None)`.
#
# | cause | in the transcript | function |
# |---|---|---|
# | `wrong_normalisation` | `input` is not what `photos` become under `card` | `prepare` |
# | `shared_plants` | a plant is in `train` and in `val` | `split` |
# | `untrained_head` | the head has not moved at all | `build` |
# | `unfrozen_backbone` | regime frozen, and weights of the backbone have moved | `build` |
# | `drifting_statistics` | regime frozen, and running statistics have moved in training | `step` |
# | `gradients_added` | in some step a gradient was used that is larger than that of its batch | `step` |
# | `train_mode_evaluation` | the second evaluation of the same model on the same rows (`again`) gave another accuracy, or evaluating moved the statistics | `evaluate` |
# | `unweighted_batches` | `accuracy` is not 100 times all `right` over all `rows` | `evaluate` |
#
# Not every odd number is a fault. `used` is smaller than `own` where gradients were clipped. In the regime full, backbone and statistics are
# meant to move. Photos of one plant may be in one part several times. Numbers are rounded: differences below 0.01 are rounding.
#
# **The patch must mend this run and break no other.** So whatever the cause, your function has to be right in both regimes, for other cards, models and batches:
#
# - `prepare(images, card)`: pictures (N, C, H, W) to `(x - mean) / std`, each channel by its own numbers in `card["mean"]` and `card["std"]`.
# - `split(plants, n_val)`: `plants` is a list, the number of the plant on each photo. Return two collections of positions, for training and validation:
#   the photos of the `n_val` plants with the highest numbers are for validation, all others for training.
# - `build(model, head, n_classes, regime, rate)`: put a new `nn.Linear` with `n_classes` outputs at the path `head`, such as `"fc"` or `"classifier.1"`. Return the
#   model, and a `torch.optim.SGD` with the rate `rate` over what is trained: the new head in the regime frozen; everything in the regime full, also what came frozen.
# - `step(model, optimizer, x, y, regime)`: one update with the cross-entropy of one batch, whose loss before the update is returned. Gradients that are left over from
#   before play no part. In the regime frozen all batch norms (`nn.BatchNorm2d`) are in eval mode during the pass, and everything else in train mode; in the regime full everything is in train mode.
# - `evaluate(model, batches)`: the per cent of all rows that are right, in eval mode. Leave the metric alone: a row is right if its largest logit is at its label. The batches may
#   come only once. Afterwards no tensor of the model has changed, and every module is in the mode that it was in, also if they differ.
#
# Your points come in four equal parts: data, model, training, evaluation. In each you get six runs, sound ones among them.

# %% question="fix" minutes=25 difficulty=3 objectives="O5,O3V"

# %% check="fix"
check("fix")

# %% [markdown] hints="fix"
# <details><summary>Hint 1: a nudge</summary>
#
# Write the causes first and return `None` as the patch: the check then tells you which are right. Then write one function after the other.
#
# <details><summary>Hint 2: the causes</summary>
#
# For each channel `(photo - mean) / std` from `photos` and `card`, against `input`. Intersect two sets of plants. Compare `used` and `own` step by step, in one direction only.
# Two causes exist in the regime frozen only.
#
# <details><summary>Hint 3: prepare, split, build</summary>
#
# `torch.tensor(card["mean"]).view(1, -1, 1, 1)`. The plants held out are `sorted(set(plants))[-n_val:]`. For `build`: first freeze or thaw everything, then put in the head
# (`model.set_submodule(head, ...)`), then collect for the optimizer what asks for gradients. In this order the head is trained in both regimes.
#
# <details><summary>Hint 4: step and evaluate</summary>
#
# `model.train()`, then the batch norms into eval mode if the regime is frozen. The gradients are forgotten *before* `backward()`. In `evaluate`, keep
# `[(m, m.training) for m in model.modules()]`, ask in eval mode without gradients, count rows and hits, and give each module its mode back.
#
# <details><summary>Hint 5: nearly there</summary>
#
# A list of triples `(cause, function, holds)`, in the order of the table, and `next(((cause, function) for cause, function, holds in rules if holds), ("sound", None))`.
#
# </details></details></details></details></details>

# %% [markdown]
# <details><summary>Common mistakes</summary>
#
# - A smaller rate against statistics that drift: they are changed by the forward pass, not by the step.
# - `model.eval()` in the frozen regime: the dropout before the head is off, too.
# - Batch norms in eval mode in both regimes: the patch mends one run and breaks the next.
# - `model.train()` at the end of an evaluation, where a frozen norm was in eval mode.
#
# </details>
#
# **What you just saw**: a diagnosis of numbers that cannot be, and functions that are right elsewhere, too. Now ask it about your patients. Predict: which of them are sound?

# %%
for number, run in enumerate(patients, 1):
    cause, patch = fix(run) or (None, None)
    print(f"patient {number}: {cause}, {'a patch' if patch else 'no patch'}")
everybody = {fix(run)[0] for name in ("ada", "bo", "cy", "di", "eve", "flo") for run in clinic_runs(name)}
print("causes among the patients of six people:", ", ".join(sorted(everybody)))

# %% [markdown]
# <details><summary>What to compare</summary>
#
# Among the twelve there are four sound runs, the control: a diagnosis that finds something in every run would have failed there. Some sound runs have a *lower* accuracy than broken ones. A bad number is no
# fault, and a good one no proof: a run whose pictures were normalised by themselves is right on 62 % of its validation photos.
#
# </details>
#
# One thing that the transcripts do **not** show: how much each fault costs. Each of the twelve is a single run with 21 to 29 photos for validation, so their accuracies say next to nothing about each other.

# %% [markdown]
# ## The capstone · `capstone`
#
# You have a task, a handful of labelled pictures, and a hub full of models. Which one may you use, which one do you use, and how do you show that it was
# worth it? Here is a hub that works offline. Its eight models are real and small. The task: handwritten digits, **one** labelled picture of each class.
#
# Predict: which of these models would you take, by what its card says?

# %%
for card in read_cards(HUB):
    size = f"{card['input']['channels']}x{card['input']['size']}x{card['input']['size']}"
    print(f"{card['name']:>13}  {card['licence']:<12}  {size:<7}  {card['parameters']:>6} parameters  ", end="")
    print(f"right on {card['accuracy']:.1%} of its own task: {card['source']}")
print("needs:", NEEDS)

# %% [markdown]
# <details><summary>Answer</summary>
#
# Four of the eight are ruled out: one has a licence that allows no commercial use, one is too large, one takes colour photos, and one was trained on the data that the test is from. Among the other four, the
# accuracy on the card does not help: 100 % right on even against odd says nothing about your task.
#
# </details>
#
# **By hand.** A model with the licence `"Apache-2.0"` and 8,000 parameters is fine: capitals do not matter, and 8,000 is not more than 8,000. A model with the licence `None` is not: who names no licence has
# allowed nothing. A card says mean 0.5 and std 0.25: a pixel of 1.0 becomes 2.
#
# **Write three functions.**
#
# `shortlist(cards, needs)` takes a list of cards and the needs, as printed above. It returns a dict: for each model's name all the reasons that rule it out, in any order, and an empty list if nothing does.
#
# | reason | when |
# |---|---|
# | `"task"` | it was made for another task |
# | `"input"` | its `channels` or its `size` are not those that are needed |
# | `"licence"` | its licence is not among those allowed (in capitals or small letters alike), or it has none |
# | `"parameters"` | it has more than `max_parameters` |
# | `"seen_test"` | the data that the test is from, `test_data`, are among those that it was `trained_on`. The names must be equal; `"uci-digits-2"` is other data than `"uci-digits"` |
#
# The number of classes rules nothing out: you will give the model a new head.
#
# `classifier(folder)` loads the model in a folder of a hub, such as `HUB / "parity-net"`, and returns something to call: pictures (N, C, H, W) with values between 0 and 1 go in, and **plain logits** (N, classes) of the model come out, as a tensor.
# It is in eval mode, and it normalises each channel by mean and std of *this* model's card. The card is the file `model_card.json` in the folder, or one of `read_cards(hub)`. `from_pretrained(folder)[0]` is the model; some are TinyNets, and some
# are of transformers, which return an output that holds the logits.
#
# `capstone(hub, target)` goes the whole way. `hub` is a folder with TinyNets; their features are `model.features(x)`, their head is `model.fc`. The target has
#
# - `target.needs`, `target.n_classes`, and `target.seeds`, a list of numbers,
# - `target.train(seed)`: pictures and labels to train with, one of each class, which the seed draws,
# - `target.val()`: pictures and labels to *choose* with,
# - `target.test(name)`: pictures and labels for the table. You say which model you have chosen. Whoever asks for a second model gets an error.
#
# Return a dict with three entries:
#
# - `"chosen"`: the name of an admissible model of the hub.
# - `"models"`: a dict with two lists, `"transfer"` and `"scratch"`, with one classifier for each seed, in the order of `target.seeds`. A classifier takes pictures with values between 0 and 1 and gives logits of the target's classes.
#   In the arm **transfer** it comes from the chosen model, in the regime of your choice, and is trained with the pictures of its seed. In the arm **scratch** it has the same architecture and random weights, and is trained with the same pictures.
# - `"table"`: a dict with the same keys, with the accuracy of each of these classifiers on the test, in per cent.
#
# Any admissible model and any regime is right that reaches the mark. It is measured on other pictures, as a mean over three seeds: transfer gets 61 % or more and leads by 4 points or more, and scratch gets 33 to 74 %, which 20 steps of Adam with a rate of 0.005 give. Four different solutions led by 19 to 25 points
# on average over 20 targets, and never by less than 9. Not every regime does: try full fine-tuning on ten pictures. Keep it short: our solution takes half a second.

# %% question="capstone" minutes=25 difficulty=3 objectives="O3V,O4,O5"

# %% check="capstone"
check("capstone")

# %% [markdown] hints="capstone"
# <details><summary>Hint 1: a nudge</summary>
#
# Do the three one after the other; the check looks at each by itself. For the third: what is the least that has to be trained if there are ten pictures?
#
# <details><summary>Hint 2: the cards and the wrapper</summary>
#
# One dict of conditions for each card, and a list of those that hold. `(card["licence"] or "")` is a text in every case. In the wrapper, `torch.tensor(card["input"]["mean"]).view(1, -1, 1, 1)` fits pictures with
# any number of channels; `logits_of` (imported above) knows both kinds of outputs.
#
# <details><summary>Hint 3: the two arms</summary>
#
# Two functions of a name and a seed. Transfer: features of the normalised pictures, then `linear_probe(features, y, target.n_classes)`. Scratch: `torch.manual_seed(seed)`, a new `TinyNet` with the `widths` of the chosen model's `config`, then
# `train(model, (x, y), steps=20, lr=5e-3)`. Each returns a function that normalises pictures and gives logits.
#
# <details><summary>Hint 4: nearly there</summary>
#
# The chosen model is the `max` over the admissible names, by the sum over the seeds of the accuracy on `target.val()`. Then both lists of models, then `target.test(chosen)` once, then the table:
# `100 * (classify(x).argmax(1) == y).double().mean().item()` for each model.
#
# </details></details></details></details>

# %% [markdown]
# <details><summary>Common mistakes</summary>
#
# - mean and std of one model in the wrapper of another: nothing stops, and the logits are wrong,
# - the head frozen together with the rest, because freezing came last,
# - models compared on the test,
# - a table for one seed, or of the training pictures.
#
# </details>
#
# **What you just saw**: a choice, and evidence for it. Now look at the evidence, with seven seeds. Predict: how large is the lead, and how far do the seeds spread?

# %%
seeds = tuple(range(7))
answer = capstone(str(HUB), digits_target(1, seeds))
table = {arm: np.array([float(value) for value in values]) for arm, values in answer["table"].items()}
lead = table["transfer"] - table["scratch"]
print("chosen:", answer["chosen"])
for name, values in (*table.items(), ("lead", lead)):
    print(f"{name:>8}: {values.mean():.1f} ± {values.std(ddof=1):.1f} (mean and deviation of seven seeds)")
_, axes = plt.subplots(figsize=(5, 3.2))
for pair in zip(table["scratch"], table["transfer"], strict=True):
    axes.plot([0, 1], pair, marker="o", color="tab:blue" if pair[1] > pair[0] else "tab:red")
axes.axhline(10, color="gray", linestyle=":", label="guessing")
axes.set(
    xticks=[0, 1], xticklabels=["scratch", "transfer"], ylabel="accuracy in %", ylim=(0, 100), title="one line per seed"
)
axes.legend()
plt.show()

# %% [markdown]
# **The control** is a lead that should not be there. Below, your `capstone` goes to a hub in which the two models that know strokes are missing. What is left was trained on other questions about the same drawings: even or odd, and how
# much ink. Predict: does transfer lead?

# %%
poor = Path(tempfile.mkdtemp())
for name in ("parity-net", "ink-net", "strokes-pro", "leaves-net"):
    shutil.copytree(HUB / name, poor / name)
answer = capstone(str(poor), digits_target(1, seeds))
lead = np.array(answer["table"]["transfer"]) - np.array(answer["table"]["scratch"])
print(f"chosen: {answer['chosen']}, lead {lead.mean():.1f} ± {lead.std(ddof=1):.1f} points (seven seeds)")
shutil.rmtree(poor)

# %% [markdown]
# <details><summary>What to compare</summary>
#
# The choice is the best of what is left, and it is not good enough: hardly anything of the lead is left, and in some seeds scratch is ahead. Only the arm from scratch shows it. Without that arm, 50 % where guessing gives 10 % would have looked like a success.
#
# </details>
#
# **For real.** The wrapper knows nothing of digits. Here it is around a ResNet of transformers, with a card beside it. For a model of the Hugging Face hub, replace the folder by a download, and the card by what its `preprocessor_config.json` and its page say. Read
# the licence there, too: of models *and* of the data that they were trained on.

# %%
folder = Path(tempfile.mkdtemp()) / "leaves-resnet"
shutil.copytree(FOLDER / "leaves-resnet", folder)
model, card = from_pretrained(folder)
assert isinstance(model, ResNetForImageClassification)
numbers = {"channels": 3, "size": 32, "mean": list(card.mean), "std": list(card.std)}
(folder / "model_card.json").write_text(json.dumps({"name": "leaves-resnet", "input": numbers}))
logits = classifier(str(folder))(torch.rand(2, 3, 32, 32))
print(type(logits).__name__, tuple(logits.shape))

# %% [markdown]
# **Bonus** (no points). Give the arm transfer a second regime, and let the validation pictures choose between both. Or put a ninth model into the hub that is good on validation and bad on the test.
#
# ## What you can do now
#
# | you can | since |
# |---|---|
# | say what transfer learning is, and when it helps | notebook 1 |
# | train a head on frozen features, fine-tune, and adapt with LoRA, in vision and language | notebooks 2 to 6 |
# | compare regimes so that the comparison holds | notebook 7 |
# | adapt to another domain, keep what was learned, and notice when transfer harms | notebooks 8 to 10 |
# | find out why a run is broken, and choose a model by its card and by evidence | this notebook |
#
# **What to read next**
#
# - Zhang et al. 2023, *A survey on negative transfer*, arXiv 2009.00909.
# - Wang et al. 2019, *Characterizing and avoiding negative transfer*, arXiv 1811.09751.
# - Mitchell et al. 2019, *Model cards for model reporting*, arXiv 1810.03993; Gebru et al. 2021, *Datasheets for datasets*, arXiv 1803.09010.
# - Karpathy 2019, *A recipe for training neural networks*: how to find faults that raise no error.
