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
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import torch
from scipy import stats
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

from tlcore import plots
from tlcore.check import check
from tlcore.data import leaves, real_digits, stroke_digits
from tlcore.loading import from_pretrained
from tlcore.plots import draw
from tlcore.pretraining.sources import TASKS, Candidate, digit_sources, scratch_body
from tlcore.progress import progress
from tlcore.training import accuracy, linear_probe, predict, train

torch.set_num_threads(1)  # small models are quickest on one core

# %% [markdown]
# ## Did the source harm? · `negative_transfer`
#
# MOTIVE
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
# ## Which source? · `rank_sources`
#
# TEXT

# %% question="rank_sources" minutes=18 difficulty=3 objectives="O5,O3V"

# %% check="rank_sources"
check("rank_sources")

# %% [markdown] hints="rank_sources"
# <details><summary>Hint 1: a nudge</summary>
#
# t
#
# <details><summary>Hint 2: where to look</summary>
#
# t
#
# <details><summary>Hint 3: nearly there</summary>
#
# t
#
# </details></details></details>
