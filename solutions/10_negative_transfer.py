# %% [markdown]
# # Negative transfer and the clinic
#
# Most of this course is about how to use what a network has learned elsewhere. This notebook is about the cases in which it does not work: the
# source harms, or the run is broken and nobody says so.
#
# When you are done you can
#
# - say whether a source harmed, and what has to be compared with what for that,
# - put candidate sources into order before anybody has trained on the target, and say which signs mislead,
# - find the cause of a broken training run, and mend it without hiding it,
# - choose a model and a way to use it under constraints, and defend the choice.
#
# {{Questions}} questions, {{minutes}} minutes:
#
# {{table}}

# %%

import copy
import json
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F
from scipy import stats
from torch import nn
from transformers import ResNetForImageClassification

from tlcore.check import check
from tlcore.checkpoints import FOLDER
from tlcore.checkpoints.hub import HUB, NEEDS, digits_target, read_cards
from tlcore.data import leaves, real_digits
from tlcore.data.clinic import clinic_runs
from tlcore.loading import from_pretrained
from tlcore.models import TinyNet
from tlcore.models.outputs import logits_of
from tlcore.pretraining.sources import Candidate, digit_sources, scratch_body
from tlcore.progress import progress
from tlcore.training import accuracy, linear_probe, predict, train

torch.set_num_threads(1)  # small models are quickest on one core

# %% [markdown]
# ## Did the source harm? · `negative_transfer`
#
# **A real failure.** Someone implements domain-adversarial training and publishes a table in the README: from house numbers to handwritten digits, the network without adaptation
# is right on 81.6 %, with adaptation on 67.9 %. So the method harmed by 14 points? Another version of the same README has the same two numbers in the other
# rows: 67.9 without, 81.6 with it (github.com/hehai131/DANN, commits 6a6a3a7 and 00113be). There is one run of each and no spread. Whichever version is right, a reader
# cannot tell harm from help, nor from a typing error.
#
# **Negative transfer** is a claim about a comparison: *with* the source, the target task ends up worse than *without* it. "Without" means the same network from random weights, the
# same labelled pictures of the target, the same training. Three other things are often called by this name, and are not:
#
# - The model does worse on the target than on its source. That is a shift, or a harder task. Perhaps it would do worse still without the source.
# - It is hardly better than guessing. Perhaps nothing is, with so few labels.
# - It does worse than a model that was trained for longer, or on more labels.
#
# **By hand.** Three seeds. Pretrained: 60, 52, 71. From scratch, with the same pictures: 64, 57, 74. The differences are -4, -5 and -3, so the
# **gap** is -4 points. Their standard deviation is 1, the standard error of their mean is 1 / √3 = 0.58, and with three differences the quantile of the t distribution is 4.30:
# the interval is -4 ± 2.5. All of it is below zero: negative transfer. Without the pairs one would see 61 ± 10 against 65 ± 9, and nothing could be said.
#
# **Write** `negative_transfer(results)`. `results["runs"]` is a list of runs, each of them a dict:
#
# | key | |
# |---|---|
# | `"start"` | `"pretrained"`, or `"scratch"`: random weights |
# | `"tested_on"` | `"target"` or `"source"`: on whose test pictures |
# | `"seed"` | decides which pictures are drawn, and the order |
# | `"labels"`, `"updates"` | of the target, for each class; of the training. 0 and 0: the model as it was downloaded |
# | `"accuracy"` | in per cent |
#
# `results["classes"]` is the number of classes of the target. Real logs hold more than the question at hand needs, and this one does too.
#
# - A **pair** is a pretrained run and one from scratch, both tested on the target, with the same seed, the same labels and the same updates. All other runs say nothing about
#   harm. There is at most one run of each kind, and all pairs of a log have one budget.
# - Return a dict with `"gap"`, `"ci"` and `"verdict"`. `gap` is the mean over the pairs of pretrained minus scratch, in points.
# - `ci` is a pair `(low, high)`: a 95 % interval of that mean, from the differences of the pairs. Any way that is right for few seeds will do: the
#   t interval, or a bootstrap that is corrected for few seeds.
# - `verdict` is `"negative"` if the whole interval is below zero, `"positive"` if it is above, and `"inconclusive"` if zero is inside.
# - If there are fewer than two pairs, `gap` and `ci` are `None`, and the verdict is `"not comparable"`.
# - The log stays as it is.

# %% question="negative_transfer" minutes=12 difficulty=2 objectives="O5,O4"

# %% check="negative_transfer"
check("negative_transfer")

# %% [markdown] hints="negative_transfer"
# <details><summary>Hint 1: a nudge</summary>
#
# Which of the keys have to be equal, which has to differ, and which has to have a certain value? Everything else can be thrown away at once.
#
# <details><summary>Hint 2: finding partners</summary>
#
# Two dicts, one for each start. Their keys are `(run["seed"], run["labels"], run["updates"])`, their values the accuracies. A pair is a key that both have:
# `a.keys() & b.keys()`.
#
# <details><summary>Hint 3: the interval</summary>
#
# `stats.t.ppf(0.975, n - 1)` is the quantile for n differences, and `differences.std(ddof=1) / np.sqrt(n)` the standard error. Or
# `stats.ttest_rel(a, b).confidence_interval(0.95)`, which does both.
#
# <details><summary>Hint 4: nearly there</summary>
#
# `differences = np.array([a[key] - b[key] for key in a.keys() & b.keys()])`. If there are fewer than two, return the dict with `None` at once. Then gap, half the length of the interval,
# and three cases for the verdict.
#
# </details></details></details></details>

# %% [markdown]
# <details><summary>Common mistakes</summary>
#
# - The accuracy on the source as the baseline: another task, with other classes.
# - The mean of all pretrained runs minus the mean of all runs from scratch: some seeds, budgets and tests have no partner.
# - Two separate intervals, one for each start: the luck of the seed is in both, and hides the difference.
# - A verdict from one pair.
#
# </details>
#
# <details><summary>Stuck? Go on all the same</summary>
#
# Put `from tlcore.stand_ins import negative_transfer` into a cell of its own below your answer. It is no answer: it knows no interval, and gives a verdict on a single
# pair.
#
# </details>

# %% [markdown]
# **Now with real runs.** The target: digits that people wrote, 8 x 8 pixels, five labels for each class. The sources: five networks of one kind and one size, pre-trained on digits that
# a program drew. What they learned to say about them differs:
#
# | source | learned |
# |---|---|
# | `digits` | which digit it is |
# | `parity` | whether the digit is even |
# | `permuted pixels` | which digit it is, with the pixels of all pictures in another order |
# | `shuffled labels` | for each picture the label of another one: there is nothing to learn |
# | `ink` | how much ink there is, in ten classes |

# %%
sources = {}
for candidate in digit_sources(seed=1):
    sources[candidate.name] = candidate
    print(f"{candidate.name:>16}: {candidate.accuracy:.0%} on its own task, {candidate.parameters:,} numbers")

# %% [markdown]
# Each source is used in two ways: **frozen**, with the best linear head on top, and **fine-tuned**, where all weights learn. Both are compared with scratch, where all weights learn from random
# ones. Predict: which of `digits`, `shuffled labels` and `ink` harm if the body is frozen, and which if all weights learn?


# %%
@cache
def score(name, way, seed, labels=5, updates=100):
    """Accuracy on the target, in per cent, of one run: a source by its name, or "scratch"."""
    card = sources["digits" if name == "scratch" else name]  # scratch needs some card to normalise by
    few = real_digits("train", seed).few(labels, seed).normalised(card.mean, card.std)
    test = real_digits("test", seed).normalised(card.mean, card.std)
    body = scratch_body(seed) if name == "scratch" else copy.deepcopy(card.body)
    if way == "frozen":
        model = nn.Sequential(body, linear_probe(predict(body, few.images), few.labels, 10))
    else:
        torch.manual_seed(seed)
        model = nn.Sequential(body, nn.Linear(32, 10))
        train(model, few, steps=updates, lr=1e-2, cosine=True, seed=seed, progress=False)
    return 100 * accuracy(model, test)


def log_of_runs(name, way, seeds):
    """Runs of one source and runs from scratch, as `negative_transfer` takes them."""
    runs = []
    for seed in seeds:
        run = {"tested_on": "target", "seed": seed, "labels": 5, "updates": 100}
        runs.append({**run, "start": "pretrained", "accuracy": score(name, way, seed)})
        runs.append({**run, "start": "scratch", "accuracy": score("scratch", "fine-tuned", seed)})
    return {"classes": 10, "runs": runs}


looked_at, found = ("digits", "shuffled labels", "ink"), {}
for way in ("frozen", "fine-tuned"):
    for name in progress(looked_at, desc=way):
        found[way, name] = negative_transfer(log_of_runs(name, way, range(5)))
for (way, name), said in found.items():
    low, high = said["ci"]
    print(f"{way:>10}, {name:15}: {said['gap']:+5.1f} points ({low:+.1f} to {high:+.1f})  {said['verdict']}")
_, axes = plt.subplots(figsize=(6.5, 3))
for i, way in enumerate(("frozen", "fine-tuned")):
    gaps = [found[way, name]["gap"] for name in looked_at]
    halves = [(found[way, name]["ci"][1] - found[way, name]["ci"][0]) / 2 for name in looked_at]
    axes.errorbar(np.arange(3) + 0.1 * i, gaps, yerr=halves, marker="o", linestyle="", capsize=4, label=way)
axes.axhline(0, color="gray", linewidth=1)
axes.set_xticks(range(3), looked_at)
axes.set(ylabel="points above scratch", title="mean and 95 % interval of five seeds")
axes.legend()
plt.show()

# %% [markdown]
# <details><summary>Answer</summary>
#
# Frozen, `shuffled labels` and `ink` harm. Fine-tuned, none does: whatever the source has taught, 100 updates wash it out. Over ten seeds, with other sources for each seed (`docs/effects.md` of the
# project; so are all measurements quoted below), in points against scratch with 95 % intervals:
#
# | source, 5 labels | frozen | fine-tuned |
# |---|---|---|
# | digits | +2.2 (-1.1 to 5.5) | +2.6 (0.9 to 4.2) |
# | parity | -10.9 (-13.6 to -8.3) | +1.2 (-0.4 to 2.8) |
# | permuted pixels | -18.5 (-21.5 to -15.5) | +0.4 (-0.7 to 1.4) |
# | shuffled labels | -12.2 (-14.0 to -10.3) | +0.3 (-0.9 to 1.5) |
# | ink | -21.5 (-26.4 to -16.5) | -0.2 (-1.4 to 1.0) |
# | *control:* random weights | -18.8 (-22.1 to -15.5) | |
#
# </details>
#
# **The control could have failed,** and it says something: a *frozen body with random weights* loses 19 points, too. So most of the harm here is the harm of freezing a body that does not know the task. No source is far below
# random weights, and three are above: `digits`, and also `parity` and `shuffled labels`, which do not know the task.
#
# What this does not say: that fine-tuning always recovers. Here 50 pictures and 100 updates were enough to learn the task from nothing. "Inconclusive" is not "no harm" either: with ten seeds, a harm of
# one point would have been hard to see.
#
# With 20 labels, the frozen good source is itself 1.3 points (0.2 to 2.4) *below* scratch. The same source that does not harm with 5 labels harms with 20, if it is frozen. So say to which labels and which way a verdict belongs.

# %% [markdown]
# ## Which source? · `rank_sources`
#
# On a hub there are dozens of networks for your kind of picture. You cannot fine-tune all of them ten times. Each has a **card**: what it was trained on, how well it did there, how large it is. And you have a
# few labelled pictures.
#
# **A real failure** is printed above. `parity` is right on nearly 100 % of its own test pictures, and `shuffled labels` on 10 %. Predict: what does it cost, in points on the target, to start from the frozen source with the best
# card? And which of these two is the better source?
#
# <details><summary>Answer</summary>
#
# Over ten seeds with 5 labels, the source with the best card is 10.5 ± 6.5 points worse than the best one: it is `parity` in most of them. And `parity` (75.4 ± 2.6) is hardly better than `shuffled labels` (74.2 ± 3.7), whose
# card says that it learned nothing. Both have learned how to look at strokes. The size says nothing at all, since all five are equally large.
#
# </details>
#
# A card tells of another task. Only your few labels know yours. So get the features of the few pictures from each body, and ask how well they separate *your* classes. Some ways to do so:
#
# - **Nearest neighbours.** Hide the label of one picture. What do the pictures with the nearest features say? Do so with each picture, and count.
# - **Probe.** Fit a linear head on some of the pictures, and count on the others (cross-validation).
# - **LogME** (You et al. 2021): how likely are the labels under a Bayesian linear model of the features? No picture need be left out.
#
# **By hand.** Four pictures with the labels A, A, B, B. One body gives the features 1.0, 1.2, 3.0, 3.3: the nearest *other* picture has the right label 4 times of 4. Another body gives 1.0, 3.0, 1.2, 3.3: the
# nearest others of the four are B, B, A, A, right 0 times. And the nearest picture of all? That is each picture itself, at a distance of 0. It would be right 4 times of 4 with both bodies. So a picture that is asked must not be among those that answer.
#
# **Write** `rank_sources(candidates, target_few)`.
#
# - `images, labels = target_few` gives some hundred pictures (N, C, H, W), with values between 0 and 1, and their labels, 0 to K - 1.
# - Each candidate has a `name`, a `body`, and a card: `mean` and `std`, one number for each channel; `accuracy` on its own task; `parameters`.
# - `body(x)` gives features (N, d) for pictures that are normalised by *its own* card: `(x - mean) / std`, channel by channel. Bodies come in train mode. They will be used in eval mode, and have to be judged in it.
# - Return the names of all candidates in a list, the best source first. The best is the one whose frozen features let a linear head do best on *other* pictures of the target. Any way to find out will do. You will not be
#   asked to tell apart two sources that are nearly alike.
# - A body may be wider than you have pictures, and some of its features may be zero for all of them.
# - No tensor of a candidate changes, so that one can go on with it.

# %% question="rank_sources" minutes=18 difficulty=3 objectives="O5,O3V"

# %% check="rank_sources"
check("rank_sources")

# %% [markdown] hints="rank_sources"
# <details><summary>Hint 1: a nudge</summary>
#
# You need one number for each candidate. Which of the things that you have knows something about your task?
#
# <details><summary>Hint 2: the features</summary>
#
# `torch.tensor(candidate.mean).view(1, -1, 1, 1)` fits to pictures of any size. `candidate.body.eval()` returns the body itself, in eval mode. With `torch.no_grad()` the features can be turned into an array.
#
# <details><summary>Hint 3: the score</summary>
#
# Scale the features first: `(features - features.mean(0)) / (features.std(0) + 1e-6)`; a feature that is zero everywhere stays zero. Then for instance `torch.cdist(features, features)`, the table of all distances. Its diagonal has to become
# infinite. Or, with scikit-learn, `cross_val_score(RidgeClassifier(10.0), features, labels, cv=5).mean()`.
#
# <details><summary>Hint 4: nearly there</summary>
#
# `nearest = distances.fill_diagonal_(torch.inf).topk(7, largest=False).indices` are the seven nearest others of each picture, and `labels[nearest].mode(1).values` is what most of them say. How often is it equal to `labels`? Put that
# number into a dict under the candidate's name, and sort the names by it, the highest first.
#
# </details></details></details></details>

# %% [markdown]
# <details><summary>Common mistakes</summary>
#
# - A head that is scored on the pictures that it was fitted on: a body with many features gets 100 %, whatever it knows.
# - One normalisation for all: each body was trained with numbers of its own.
# - Train mode: a batch norm uses the batch and forgets what it learned, and its statistics move.
#
# </details>
#
# <details><summary>Stuck? Go on all the same</summary>
#
# Put `from tlcore.stand_ins import rank_sources` into a cell of its own below your answer. It is no answer: it takes no notice of the cards.
#
# </details>

# %% [markdown]
# **Now with the five sources,** and five draws of 20 labels for each class. The truth is counted on 719 labelled test pictures. The control is the order by the cards' accuracy. "Points lost" is how much worse the first choice is
# than the best source. Predict: which of the two loses more?

# %%
by_card = sorted(sources, key=lambda name: sources[name].accuracy, reverse=True)
said = {"your order": [], "by the cards": []}
for seed in progress(range(5), desc="five draws"):
    order = rank_sources(list(sources.values()), real_digits("train", seed).few(20, seed))
    true = {name: score(name, "frozen", seed, labels=20) for name in sources}
    for title, names in (("your order", order), ("by the cards", by_card)):
        tau = stats.kendalltau([names.index(name) for name in sources], [-true[name] for name in sources]).statistic
        said[title].append((tau, max(true.values()) - true[names[0]]))
    print(f"draw {seed}: " + ", ".join(f"{name} ({true[name]:.0f})" for name in order))
for title, values in said.items():
    (tau, lost), (tau_sd, lost_sd) = np.mean(values, 0), np.std(values, 0, ddof=1)
    print(f"{title:>12}: agreement {tau:.2f} ± {tau_sd:.2f}, points lost {lost:.1f} ± {lost_sd:.1f}")

# %% [markdown]
# <details><summary>What to compare</summary>
#
# The draws list your order, with the true accuracy of each source in brackets. `digits` is the best and `permuted pixels` the worst. The order of the other three is less sure: they lie within a few points of each other, and change places from draw to draw. The agreement is
# Kendall's tau, 1 for the same order and 0 for none.
#
# </details>
#
# Which measure is best? Over ten seeds with 20 labels, agreement with the order of the frozen sources (1 is the same, 0 is none), and what the first choice costs:
#
# | measure | agreement | points lost |
# |---|---|---|
# | accuracy on the card | 0.26 ± 0.27 | 6.5 ± 3.6 |
# | size (all are equal) | 0 | 8.0 ± 1.1 |
# | probe, scored on its training pictures | 0.32 ± 0.22 | 5.3 ± 3.0 |
# | probe, cross-validated | 0.83 ± 0.16 | 0.0 ± 0.0 |
# | LogME | 0.82 ± 0.18 | 0.0 ± 0.0 |
# | H-score | 0.80 ± 0.16 | 0.0 ± 0.0 |
# | nearest neighbours | 0.64 ± 0.18 | 0.0 ± 0.0 |
# | LEEP | 0.42 ± 0.24 | 0.0 ± 0.0 |
#
# All that look at the labels of the target find the best source, every time. They differ in the order of the rest. LEEP asks the source's own *head* what it says of your pictures. The head of `shuffled labels` says nothing, so LEEP puts it last,
# ten times of ten, although its body is the third best. Nearest neighbours put it above `parity`.
#
# Against *fine-tuned* accuracy no measure is good: the agreement is between 0.3 and 0.5 for all that look at the labels. There is not much to order then, since the sources differ by one point.
#
# These are five sources of equal size, for one target. On benchmarks whose sources differ in size, ranking by size alone has beaten LogME (arXiv 2510.06448): larger networks there are better ones. That is a fact about those benchmarks.

# %% [markdown]
# **A network of transformers,** by changing one line: what a body is. Here two shipped networks that learned leaves, and one with random weights, for leaves of another crop. Predict the order: the cards claim 92 % for the ResNet and 97 % for the
# TinyNet.


# %%
class Pooled(nn.Module):
    """A body of transformers that gives plain features (N, d)."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x).pooler_output.flatten(1)


resnet, card = from_pretrained("leaves-resnet")
torch.manual_seed(0)
fresh = type(resnet)(resnet.config)  # the same network with random weights
tinynet, tiny_card = from_pretrained("leaves-tinynet")
hub = []
for name, body, its_card, claimed in (
    ("random ResNet", Pooled(fresh.resnet), card, 0.1),
    ("TinyNet", tinynet.backbone, tiny_card, tiny_card.scores["accuracy"]),
    ("ResNet", Pooled(resnet.resnet), card, card.scores["accuracy"]),
):
    size = sum(p.numel() for p in body.parameters())
    hub.append(Candidate(name, body, nn.Identity(), its_card.mean, its_card.std, claimed, size))
few, test = leaves("target", 20, seed=3), leaves("target", 100, seed=903)
print("your order:", ", ".join(rank_sources(hub, few)))
for candidate in hub:
    x, test_x = (data.normalised(candidate.mean, candidate.std) for data in (few, test))
    head = linear_probe(predict(candidate.body, x.images), x.labels, 6)
    print(f"{candidate.name:>13}: {accuracy(nn.Sequential(candidate.body, head), test_x):.0%} with a linear head")

# %% [markdown]
# <details><summary>What to compare</summary>
#
# The two pre-trained networks are far above the random one. In this draw the TinyNet is ahead, which is less than a third of the ResNet's size. One draw, so no more can be said.
#
# </details>
#
# **Bonus** (no points). Run `negative_transfer` with 20 labels and all five sources. Add a sixth source to the hub, `scratch_body(0)`: where does your function put it? Write LogME, and compare its order with yours.
#
# **What to read next** on these two questions
#
# - Wang et al. 2019, *Characterizing and avoiding negative transfer*, arXiv 1811.09751.
# - You et al. 2021, *LogME: practical assessment of pre-trained models for transfer learning*, arXiv 2102.11005; Nguyen et al. 2020, *LEEP*, arXiv 2002.12462.
# - On how such measures are compared, and how that goes wrong: arXiv 2510.06448.

# %% [markdown]
# ## The clinic · `fix`
#
# Transfer can fail because the source does not fit. It fails more often because the run is broken, and a broken run seldom stops with
# an error. It ends with a number, and the number looks like bad luck.
#
# **Four patients.** Twelve networks were fine-tuned on photos of leaves. In each run one function has a fault, or none has. Put your name
# into the next cell: it gives you four of the twelve, the same four each time: in each of data, model, training and evaluation, one run in which something
# may be wrong.
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
names = ("ada", "bo", "cy", "di", "eve", "flo", "ida", "kim")
everybody = {json.dumps(run): fix(run)[0] for name in names for run in clinic_runs(name)}
print(f"the {len(everybody)} patients of eight people:", ", ".join(sorted(everybody.values())))

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
# Do the three one after the other; the check goes through them in this order, and stops where one raises an error. For the third: what is the least that has to be trained if there are ten pictures?
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
right = np.mean(answer["table"]["transfer"])
print(
    f"chosen: {answer['chosen']}, right on {right:.1f} %, lead {lead.mean():.1f} ± {lead.std(ddof=1):.1f} points (seven seeds)"
)
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
