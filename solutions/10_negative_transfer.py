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
from functools import cache

import matplotlib.pyplot as plt
import numpy as np
import torch
from scipy import stats
from torch import nn

from tlcore.check import check
from tlcore.data import leaves, real_digits
from tlcore.loading import from_pretrained
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
# random weights, and `shuffled labels` is better.
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
# The draws list your order, with the true accuracy of each source in brackets. `digits` comes first. The rest is less sure: the other four lie within a few points of each other, and change places from draw to draw. The agreement is
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
