# %% [markdown]
# # Evaluating regimes
#
# Frozen features got 64 %, fine-tuning 66 %. Is fine-tuning better? You cannot say. Perhaps it had the luckier seed, more trials, more
# training pictures, or a look at the test. This notebook is about the question "is this difference real?", and about tables that
# answer it. A **regime** is a way to get a model: frozen features, fine-tuning, training from scratch, and so on.
#
# When you are done you can
#
# - evaluate a model so that a constant answer cannot hide in the number,
# - compare regimes that all had the same chances,
# - say how sure a difference is, from a few seeds,
# - draw a curve over the number of labels, and say where one regime overtakes another,
# - read a table of somebody else's and find what is wrong with it.
#
# {{Questions}} questions, {{minutes}} minutes:
#
# {{table}}

# %%
import copy
from dataclasses import dataclass
from types import SimpleNamespace

import torch
import torch.nn.functional as F
from torch import nn

from tlcore import plots
from tlcore.check import check
from tlcore.data import leaves
from tlcore.loading import from_pretrained
from tlcore.models import logits_of, tiny_resnet
from tlcore.plots import draw
from tlcore.progress import progress
from tlcore.training import accuracy, linear_probe, predict

torch.set_num_threads(1)  # small models are quickest on one core

# %% [markdown]
# ## Evaluate · `evaluate`
#
# **A real failure.** A model for ten diseases is tested on 100 photos from one field. It gets 0.70, where chance is 0.10. That sounds
# like a model that has learned something. Run this:


# %%
class Always(nn.Module):
    """Gives one answer to every photo."""

    def forward(self, x):
        return F.one_hot(torch.full((len(x),), 3), 10).float()


with progress(total=2, desc="a network and photos") as bar:
    source, card = from_pretrained("leaves-resnet")
    bar.update()
    everything = leaves("source", 70, seed=5).normalised(card.mean, card.std)
    bar.update()
rows = torch.cat([torch.nonzero(everything.labels == c).flatten()[: 70 if c == 3 else 4] for c in range(10)])
field = everything[rows[:100]]  # 70 photos of one disease, 30 of others
print(f"accuracy {accuracy(Always(), field):.2f}")

# %% [markdown]
# It has not looked at a single photo. 70 of the 100 have the same disease, and it names that one. An accuracy means nothing without the
# accuracy of the best constant answer beside it, and a mean over classes shows at once what is wrong.
#
# **By hand:** three classes, six pictures. The labels are 0 0 0 0 1 1, the answers are 0 0 0 1 1 0.
#
# | true class ↓, answer → | 0 | 1 | 2 |
# |---|---|---|---|
# | 0 | 3 | 1 | 0 |
# | 1 | 1 | 1 | 0 |
# | 2 | 0 | 0 | 0 |
#
# Accuracy is 4/6 = 0.67, and "always class 0" gets 0.67 too. The F1 of a class is `2 TP / (2 TP + FP + FN)`: of class 0 it is
# 6/8 = 0.75, of class 1 it is 2/4 = 0.5, and of class 2 we say 0. Macro F1 is their mean, 0.42.
#
# **Write** `evaluate(model, loader)`.
#
# - `loader` gives batches `(x, y)`. Go through it once: there are loaders that can be gone through only once. The last batch may be
#   smaller than the others.
# - `model(x)` gives logits (n, K), or an object with `.logits`, as models of `transformers` do (`logits_of` takes both).
# - The model is asked in eval mode and without gradients. Afterwards every part of it (`model.modules()`) is in the mode in which it
#   was before, no parameter or buffer has changed, and what could learn still can. Parts can differ: a frozen backbone is in eval mode
#   inside a model in train mode.
# - Return a dict:
#
# | entry | what |
# |---|---|
# | `n` | number of pictures |
# | `loss` | mean cross-entropy over the pictures |
# | `confusion` | K rows and K columns; in row i and column j, the number of pictures of class i that were taken for class j |
# | `accuracy` | share of pictures whose largest logit is at their label |
# | `macro_f1` | mean of F1 over all K classes, 0 for a class that neither occurs nor is answered |
# | `majority` | accuracy of the best constant answer: the share of the most frequent label |

# %% question="evaluate" minutes=10 difficulty=1 objectives="O4"

# %% check="evaluate"
check("evaluate")

# %% [markdown] hints="evaluate"
# <details><summary>Hint 1: a nudge</summary>
#
# Collect first, count later. If you keep the logits and the labels of all batches and join them with `torch.cat`, a batch that is
# smaller needs no special care.
#
# <details><summary>Hint 2: the modes</summary>
#
# Each module has an attribute `training`. A list of pairs `(part, part.training)` over `model.modules()` remembers all modes. To put
# them back, assign the attribute of each part: `part.train(...)` would change the parts inside it too.
#
# <details><summary>Hint 3: the matrix</summary>
#
# Go through true classes and answers in pairs, and add 1 at `confusion[true, said]`. Its diagonal holds the hits, the sums of its rows
# are the pictures of each class, the sums of its columns the answers.
#
# <details><summary>Hint 4: nearly there</summary>
#
# `TP + FN` is the sum of a row and `TP + FP` the sum of a column, so F1 is `2 * diagonal / (rows + columns)`. If the denominator is 0,
# the F1 is 0: `clamp(min=1)` on the denominator does that. The majority is the largest sum of a row over n.
#
# </details></details></details></details>
# %% [markdown]
# <details><summary>Stuck? Go on all the same</summary>
#
# Put `from tlcore.stand_ins import evaluate` into a cell of its own below your answer. It lets the rest of the notebook run. It is no
# answer: it counts hits and nothing else.
#
# </details>

# %% [markdown]
# **What you just saw:** six numbers instead of one. Now the constant answer and a network that was trained on these ten diseases, on the same
# 100 photos. Predict: in which of the three numbers does the constant answer look good, and in which does it not?

# %%
for name, model in {"always bullseyes": Always(), "trained network": source}.items():
    seen = evaluate(model, field.loader(32))
    shown = {key: round(float(seen[key]), 2) for key in ("accuracy", "majority", "macro_f1") if key in seen}
    print(f"{name:17} {shown}")
again = [evaluate(source.train(), field.loader(32))["accuracy"] for _ in range(2)]
print("twice, and left in train mode by the caller:", again, "still in train mode:", source.training)
_ = source.eval()

# %% [markdown]
# <details><summary>Answer</summary>
#
# Its accuracy is that of the majority, by definition. Its macro F1 is below 0.1: one class of ten is found, and not even that without
# mistakes. The last line is the control: in train mode batch norm would change the answers, and the statistics of the network too.
#
# </details>

# %% [markdown]
# ## Compare · `compare`
#
# A comparison is fair if all regimes had the same chances. **Real failures**, all of them from published notebooks or from ours:
# one learning rate for all regimes (with 25 labels for each class, one rate of 0.01 for head and body costs 10 points against a body that
# is ten times slower, ten seeds, `docs/effects.md` of the project); equal steps with unequal batches; a test set that was read during
# training, and so is no test any more; and no control, so that nobody knows whether it is the pre-training or the network.
#
# The control that reviewers ask for has **two arms**: the same network from scratch, and the same network with random weights, frozen,
# under a trained head. If frozen random weights do as well as frozen pretrained ones, it is not the pre-training.
#
# **By hand:** a run may see 96 pictures. With batches of 8 that is 12 steps, with batches of 32 it is 3 steps. Three rates and
# two seeds for tuning are 6 trials, and every regime gets 6.
#
# **Write** `compare(regimes, data, budget)`.
#
# - `regimes` is a dict from names to regimes. `regime.batch_size` is the number of pictures in each of its batches. `regime.fit(batches, lr, seed)` trains a **new** model on
#   the batches and returns it.
# - `data.train(batch_size, steps, seed)` gives batches for one run. `data.val()` and `data.test()` give all pictures of those parts.
# - `budget` has `rates`, `examples`, `tuning_seeds` and `seeds`.
# - If the regime `"scratch"` or the regime `"random frozen"` is missing, raise a `ValueError` before anything is trained.
# - Every run sees `budget.examples` pictures, whatever the size of the batches (it divides evenly). The seed of a run goes to
#   `data.train` and to `fit`.
# - **Tuning:** every regime tries every rate of `budget.rates` with every seed of `budget.tuning_seeds`, no more and no less. Its rate is
#   the one with the highest mean accuracy on validation. Each trial goes through the validation pictures once.
# - **Test:** when every regime has its rate, one new run for each regime and each of `budget.seeds`, and for each run one pass over the
#   test pictures. The seeds are the same for all regimes. `data.test()` raises an error if the pictures are read earlier.
# - Return a dict from names to dicts with `rate`, `val` (the mean accuracy of that rate on validation), `trials` (number of trials of this
#   regime), `examples` (pictures that one run has seen) and `test` (a list with the accuracy for each seed, in their order).
#
# Your `evaluate` gives the accuracies.

# %% question="compare" minutes=15 difficulty=3 objectives="O4"

# %% check="compare"
check("compare")

# %% [markdown] hints="compare"
# <details><summary>Hint 1: a nudge</summary>
#
# Write a small function first that makes one run: a name, a rate and a seed in, a trained model out. Tuning and testing both use it.
#
# <details><summary>Hint 2: one run</summary>
#
# The number of steps is the number of pictures divided by the size of a batch of *this* regime. The batches come from
# `data.train(size, steps, seed)`, the model from `regime.fit(batches, rate, seed)`.
#
# <details><summary>Hint 3: two loops</summary>
#
# The first loop goes over all regimes and chooses rates, by `evaluate(model, data.val())["accuracy"]`. Only when it is over does the second
# loop begin, over all regimes and `budget.seeds`, with new runs and `data.test()`.
#
# <details><summary>Hint 4: nearly there</summary>
#
# For one regime: a dict from each rate to the mean over the tuning seeds, and `max(that, key=that.get)`. Trials are
# `len(budget.rates) * len(budget.tuning_seeds)`. For the controls, compare `set(regimes)` with the two names.
#
# </details></details></details></details>

# %% [markdown]
# **Now on leaves:** ten labelled photos of each of six diseases, four regimes, three rates each, five seeds. Every seed draws other photos.
# Chance is 0.17. Predict the order of the four, and whether they choose the same rate.


# %%
pool = leaves("target", 40, seed=1, severity=0.1).normalised(card.mean, card.std)
val = leaves("target", 20, seed=2, severity=0.1).normalised(card.mean, card.std)
test = leaves("target", 60, seed=3, severity=0.1).normalised(card.mean, card.std)


@dataclass
class Regime:
    """The ResNet of the leaves: with the weights of the source or random ones, with a backbone that learns or not."""

    pretrained: bool
    frozen: bool
    batch_size: int

    def fit(self, batches, lr, seed):
        torch.manual_seed(seed)
        model = tiny_resnet(6)
        if self.pretrained:
            model.resnet.load_state_dict(source.resnet.state_dict())
        elif self.frozen:  # its batch norms see the photos once, so that the control has a fair chance
            for part in model.modules():
                if isinstance(part, nn.BatchNorm2d):
                    part.momentum = None  # the mean over what it has seen
            with torch.no_grad():
                model.train()(pool.few(10, seed).images)
        model.resnet.requires_grad_(not self.frozen)
        optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=lr, weight_decay=0.0)
        model.train()
        model.resnet.train(not self.frozen)
        for x, y in batches:
            optimizer.zero_grad()
            F.cross_entropy(model(x).logits, y).backward()
            optimizer.step()
        return model.eval()


class Photos:
    """Ten photos of each disease for training, others with every seed; validation; test."""

    def train(self, batch_size, steps, seed):
        few = pool.few(10, seed)
        order = torch.Generator().manual_seed(seed)
        for _ in range(steps):
            chosen = torch.randint(len(few), (batch_size,), generator=order)
            yield few.images[chosen], few.labels[chosen]
            bar.update()

    def val(self):
        return val.loader(128)

    def test(self):
        return test.loader(128)


regimes = {
    "frozen": Regime(pretrained=True, frozen=True, batch_size=32),
    "full": Regime(pretrained=True, frozen=False, batch_size=16),
    "scratch": Regime(pretrained=False, frozen=False, batch_size=16),
    "random frozen": Regime(pretrained=False, frozen=True, batch_size=32),
}
budget = SimpleNamespace(rates=[0.001, 0.003, 0.01], examples=640, tuning_seeds=[100], seeds=[0, 1, 2, 3, 4])
with progress(total=8 * (2 * 20 + 2 * 40), desc="four regimes, eight runs each", unit="step") as bar:
    table = compare(regimes, Photos(), budget)
for name, row in (table or {}).items():
    scores = torch.tensor(row["test"])
    print(f"{name:14} rate {row['rate']:<6} test {scores.mean():.3f} ± {scores.std():.3f}   (± is over five seeds)")

# %% [markdown]
# <details><summary>What to compare</summary>
#
# Look at the two regimes with pretrained weights against the two without. Frozen random weights are the control: they have the same
# head, the same rates and the same pictures, and they are far behind frozen pretrained ones. With more training and ten seeds,
# `docs/measurements.md` of the project has 58 % for frozen features, 56 % for fine-tuning, 31 % from scratch and 24 % for random weights.
#
# The frozen regime chose the highest rate that was tried. If the edge of a grid wins, one should look beyond it, for all regimes alike.
#
# Between frozen and full, do not decide by looking: that is the next question.
#
# </details>

# %% [markdown]
# ## Paired difference · `paired_difference`
#
# Two regimes, the same seeds. A seed that draws easy photos lifts both of them. So one takes the **difference for each seed** first: what the
# seed does to both drops out.
#
# **By hand:** a = 71, 64, 80, 55, 60 and b = 69, 63, 77, 55, 56. The differences are 2, 1, 3, 0, 4: mean 2, standard deviation
# 1.58. The uncertainty of their mean is the **standard error**, 1.58 / √5 = 0.71. Five differences do not tell the deviation well; the
# t distribution with 4 degrees of freedom allows for that: 90 % of it lie between -2.13 and 2.13 (of a normal distribution,
# between -1.64 and 1.64). The interval is 2 ± 2.13 · 0.71, from 0.49 to 3.51. Without the pairs, the standard error would be 6.0, and
# one could say nothing.
#
# **Write** `paired_difference(a, b, conf)`. `a` and `b` are lists or arrays of scores, higher is better; at the same place is the same
# seed.
#
# - Return `(mean, low, high, verdict)`. `mean` is the mean of `a - b` over the seeds, and lies between `low` and `high`.
# - If the comparison is repeated many times, with other seeds, the share `conf` of the intervals has the true difference inside. The differences
#   may be taken as normally distributed. This has to hold for five seeds too. A t interval does it, and so do other methods that allow
#   for few seeds; resampling five numbers and taking percentiles does not.
# - `verdict` is `"a"` if the whole interval is above zero, `"b"` if it is below, and else `"inconclusive"`.
# - Fewer than two seeds, or different numbers of scores, raise a `ValueError`: one seed has no spread.

# %% question="paired_difference" minutes=10 difficulty=2 objectives="O4"

# %% check="paired_difference"
check("paired_difference")

# %% [markdown] hints="paired_difference"
# <details><summary>Hint 1: a nudge</summary>
#
# Subtract first. From then on there is one list of numbers, and you ask how sure its mean is.
#
# <details><summary>Hint 2: which deviation</summary>
#
# `numpy.std` divides by n unless you give `ddof=1`; `torch.std` and `statistics.stdev` divide by n - 1. The standard error is the deviation
# over the square root of n.
#
# <details><summary>Hint 3: which quantile</summary>
#
# With 90 % inside, 5 % lie above and 5 % below. So the quantile is that at 0.95, which is `(1 + conf) / 2`. `scipy.stats.t.ppf` takes it and the
# degrees of freedom, n - 1.
#
# <details><summary>Hint 4: nearly there</summary>
#
# `half = quantile * standard_error`, and the ends are `mean - half` and `mean + half`. `low > 0` is "a", `high < 0` is "b". The two
# refusals come first.
#
# </details></details></details></details>
# %% [markdown]
# <details><summary>Stuck? Go on all the same</summary>
#
# Put `from tlcore.stand_ins import paired_difference` into a cell of its own below your answer. It is no answer: it has a verdict and no
# interval.
#
# </details>

# %% [markdown]
# **What would one seed have said?** These are measured accuracies in per cent, ten seeds for each number of labels (notebook 03's section in
# `docs/effects.md` of the project): a linear probe on frozen features, and fine-tuning at once with one learning rate. Predict: with 5
# labels the probe is 9 points ahead on average. In how many of the ten seeds is fine-tuning ahead?

# %%
PROBE = {
    5: [52.67, 51.67, 59.50, 51.08, 50.33, 55.67, 47.25, 56.00, 49.75, 53.33],
    25: [64.50, 64.33, 66.58, 58.67, 62.83, 67.00, 64.33, 60.67, 65.58, 64.42],
    100: [68.25, 70.17, 67.58, 68.50, 67.92, 69.33, 67.83, 67.67, 67.00, 69.25],
}
TUNED = {
    5: [42.08, 44.17, 48.08, 35.17, 53.17, 37.42, 47.42, 48.08, 47.00, 37.92],
    25: [61.50, 68.83, 65.42, 58.08, 64.17, 62.33, 65.33, 60.42, 66.58, 62.75],
    100: [73.75, 73.75, 73.33, 70.25, 72.42, 73.58, 75.08, 72.17, 73.83, 70.75],
}
for labels in PROBE:
    mean, low, high, verdict = paired_difference(PROBE[labels], TUNED[labels], 0.95)
    against = sum((p - t) * mean < 0 for p, t in zip(PROBE[labels], TUNED[labels], strict=True))
    print(
        f"{labels:3} labels: {mean:+.1f} ({low:+.1f} to {high:+.1f}) {verdict:12}  seeds that say the opposite: {against}"
    )
*_, verdict = paired_difference(PROBE[25][:5], PROBE[25][5:], 0.95)
print("the control, a regime against itself:", verdict)

# %% [markdown]
# <details><summary>Answer</summary>
#
# Two of ten. Whoever tried one seed had a chance of one in five to publish the opposite of what ten seeds say, at a difference of 9
# points. With 25 labels four of ten seeds disagree with the mean, and the verdict is "inconclusive": the honest sentence is "no difference was
# found", not "they are equal". With 100 labels every seed agrees.
#
# </details>
#
# And your own table, from five seeds:

# %%
for name in ("full", "scratch", "random frozen"):
    if table:
        mean, low, high, verdict = paired_difference(table["frozen"]["test"], table[name]["test"], 0.95)
        word = {"a": "frozen is better", "b": f"{name} is better"}.get(verdict, verdict)
        print(f"frozen - {name:14} {100 * mean:+5.1f} points ({100 * low:+.1f} to {100 * high:+.1f})  {word}")

# %% [markdown]
# ## Data efficiency · `data_efficiency`
#
# "Pre-training helps if labels are few" is a claim about a curve: accuracy by number of labels. **Real failures:** each size has other photos,
# so that the curve jumps; the smallest draw has no photo of one class; the number of epochs is fixed, so that ten times the labels mean ten times the
# training; a second photo of a tested plant is in the training; and the crossover is read off one seed, or beyond the last point.
#
# **By hand:** sizes 2 and 4, classes A and B. A seed puts the rows of A into the order 7, 3, 9, 1 and those of B into 8, 2, 6, 4. The draw of
# size 2 is 7, 3, 8, 2. The draw of size 4 is 7, 3, 9, 1, 8, 2, 6, 4: it holds the smaller one.
#
# **Write** `data_efficiency(sizes, seeds, regimes, data)`.
#
# - `data.labels` and `data.plants` are lists with the class and the plant of each row, `data.test` lists the rows of the test. No row
#   of a plant that has a row in the test may be trained on. Of every class, enough rows remain.
# - `sizes` is ascending. A **draw** of size n has n different rows of each class. The draws of one seed are nested: a larger one holds
#   all smaller ones. Every seed has draws of its own.
# - `regimes` is a dict from names to functions. `fit(rows, steps, seed)` trains on the rows and returns the test accuracy. Every regime gets the
#   same draw, `data.steps` steps at every size, and the seed. It is called once for each size and seed.
# - Return `{"curves": ..., "crossover": ...}`. `curves[name][n]` is the list of accuracies of a regime at size n, one for each seed, in
#   their order.
# - `crossover` says where the **second** regime of the dict overtakes the **first**. At each size, ask `paired_difference` at 95 % which of the
#   two leads. `high` is the smallest size at which the second leads, and `low` the largest size below it at which the first leads: the
#   crossover is `(low, high)`. If there is no such pair, it is `None`: what was not measured is not claimed.

# %% question="data_efficiency" minutes=15 difficulty=2 objectives="O4"

# %% check="data_efficiency"
check("data_efficiency")

# %% [markdown] hints="data_efficiency"
# <details><summary>Hint 1: a nudge</summary>
#
# If the rows of each class are in a random order, which rows are the draw of size n, and is it inside the draw of size n + 1?
#
# <details><summary>Hint 2: which rows</summary>
#
# First the set of plants that are tested: `{data.plants[row] for row in data.test}`. Then, for each class, the rows whose plant is not in
# it.
#
# <details><summary>Hint 3: three loops</summary>
#
# Over the seeds: shuffle the rows of each class, once. Inside, over the sizes: join the first n of each class. Inside, over the regimes: train on
# that draw and append the accuracy. `random.Random(seed).sample(rows, len(rows))` is a shuffled copy.
#
# <details><summary>Hint 4: nearly there</summary>
#
# A dict from each size to the verdict of the first two curves. `high` is the first size with "b". `low` is the last size before it with "a".
# If one of them is missing, the crossover is `None`.
#
# </details></details></details></details>

# %% [markdown]
# **Now on leaves,** with the control that the workshop asks for: **pre-training on the limited data alone**. That regime first learns to tell by
# how much its few photos were turned (Gidaris et al. 2018), which needs no labels, and then learns the diseases. If it is no better than scratch, it
# was the large source that helped. Predict the order of the four curves.


# %%
photos = leaves("target", 60, seed=4, severity=0.1).normalised(card.mean, card.std)
plants = photos.groups.tolist()
tested = set(torch.randperm(max(plants) + 1, generator=torch.Generator().manual_seed(0))[: max(plants) // 3].tolist())
data = SimpleNamespace(labels=photos.labels.tolist(), plants=plants, steps=40)
data.test = [row for row, plant in enumerate(plants) if plant in tested]
held_out = photos[data.test]
with torch.no_grad():
    features = torch.cat([source.resnet(part).pooler_output.flatten(1) for part in photos.images.split(128)])


def steps_on(model, images, labels, steps, seed, lr):
    """Some steps of AdamW on random batches of 16."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.0)
    order = torch.Generator().manual_seed(seed)
    model.train()
    for _ in range(steps):
        chosen = torch.randint(len(labels), (16,), generator=order)
        optimizer.zero_grad()
        F.cross_entropy(model(images[chosen]).logits, labels[chosen]).backward()
        optimizer.step()
        bar.update()
    return model.eval()


def probe(rows, steps, seed):
    """The best linear head on frozen features."""
    head = linear_probe(features[rows], photos.labels[rows], 6)
    return 100 * accuracy(head, (features[data.test], held_out.labels))


def tuned(rows, steps, seed, start=None):
    """All weights learn, from the source's or from others."""
    torch.manual_seed(seed)
    model = tiny_resnet(6)
    model.resnet.load_state_dict((start or source).resnet.state_dict())
    steps_on(model, photos.images[rows], photos.labels[rows], steps, seed, 0.001 if start is None else 0.003)
    return 100 * accuracy(model, held_out)


def scratch(rows, steps, seed):
    """All weights learn, from random ones."""
    torch.manual_seed(seed)
    return tuned(rows, steps, seed, start=tiny_resnet(6))


def limited(rows, steps, seed):
    """Pre-trained on these rows alone: by how many quarter turns was the photo turned?"""
    torch.manual_seed(seed)
    few = photos.images[rows]
    turned = torch.cat([few.rot90(turns, (2, 3)) for turns in range(4)])
    body = steps_on(tiny_resnet(4), turned, torch.arange(4).repeat_interleave(len(rows)), steps, seed, 0.003)
    return tuned(rows, steps, seed, start=body)


sizes, seeds = [3, 9, 27], [0, 1, 2, 3, 4]
arms = {"probe": probe, "full": tuned, "limited data alone": limited, "scratch": scratch}
with progress(total=len(sizes) * len(seeds) * 4 * data.steps, desc="four regimes, three sizes", unit="step") as bar:
    found = data_efficiency(sizes, seeds, arms, data)
if found:
    means = {name: [sum(curve[n]) / len(curve[n]) for n in sizes] for name, curve in found["curves"].items()}
    draw(plots.lines("Accuracy by labels", means, x=sizes, xlabel="labels per class", ylabel="accuracy (%)"))
    for name, curve in found["curves"].items():
        spread = "   ".join(f"{torch.tensor(curve[n]).mean():.1f} ± {torch.tensor(curve[n]).std():.1f}" for n in sizes)
        print(f"{name:20} {spread}")
    print("probe to full, crossover:", found["crossover"])
    for n in sizes:
        both = (found["curves"][name][n] for name in ("limited data alone", "scratch"))
        mean, low, high, verdict = paired_difference(*both, 0.95)
        print(f"limited data alone - scratch, {n:2} labels: {mean:+.1f} ({low:+.1f} to {high:+.1f})")

# %% [markdown]
# <details><summary>What to compare</summary>
#
# The two regimes that start from the source are far above the other two. What the limited data alone gives is in the last lines: read the
# intervals, not the means. Forty steps are few, and five seeds too; that goes for every line here. If the crossover is `None`, full
# fine-tuning has not overtaken the probe within these sizes, and what comes after 27 labels was not measured.
#
# With ten seeds and 150 steps, the numbers of the section before have a crossover: the probe leads with 5 labels, nothing can be said at
# 25, and fine-tuning leads with 100. So all that may be claimed is "between 5 and 100".
#
# </details>

# %% [markdown]
# ## Audit · `audit`
#
# **A real failure.** In a notebook of the workshop that this course belongs to, a language model was fine-tuned with LoRA. Its table said:
# accuracy 0.4545, precision 0.2066, F1 0.28. Predict: what did that model do?

# %%
p = 5 / 11
print(f"accuracy {p:.4f}, its square {p * p:.4f}, 2 p² / (1 + p) = {2 * p * p / (1 + p):.2f}")

# %% [markdown]
# It gave **one class every time**. If 5 of 11 examples are of that class, its precision is 5/11 and that of every other class is 0. The mean
# over classes, weighted by their examples, is 5/11 · 5/11. No training could be read off that table, and nobody saw it. The same
# notebook compared 48 % with 45 %, which is *one* example if there were 33, called 886,274 trainable parameters "fewer" than 1,538, and
# timed the adapter before it was merged.
#
# Numbers give themselves away, and a program can look for that. Here is a report in a fixed form. The workshop's numbers are in it, the others are made
# up.

# %%
report = {
    "task": "recognise",  # or "forecast"
    "test_labels": [15, 18],  # test examples of each class
    "sizes": [5, 25, 100],  # labels per class that were tried
    "regimes": {
        "lora": {
            "scores": [48.0, 45.5, 51.5, 42.4],  # accuracy in per cent, one for each seed
            "score": 46.85,  # said to be their mean
            "error": 1.9272,  # said to be the standard error of that mean
            "accuracy": 0.4545,  # of one run: accuracy, and precision and F1 weighted by class
            "precision": 0.2066,
            "f1": 0.2841,
            "trials": 8,  # of tuning
            "steps": 300,  # of one run
            "batch": 16,
            "rates": [0.001, 0.01],  # that were tried
            "val_by_rate": [47.0, 44.0],
            "test_by_rate": [46.0, 45.0],
            "rate": 0.001,  # that was chosen
            "trainable": 886_274,
            "merged": False,
        },
        "frozen": {
            "scores": [45.5, 45.5, 48.5, 42.4],
            "score": 45.475,
            "error": 1.2452,
            "accuracy": 0.5455,
            "precision": 0.5419,
            "f1": 0.5402,
            "trials": 8,
            "steps": 300,
            "batch": 16,
            "rates": [0.001, 0.01],
            "val_by_rate": [46.0, 44.0],
            "test_by_rate": [45.0, 47.0],
            "rate": 0.001,
            "trainable": 1_538,
            "merged": True,
        },
    },
    "plants": {"train": [1, 2, 2, 5], "test": [3, 4]},  # whose photos are in which part
    "days": {"train": [10, 40, 60], "test": [20, 50]},  # when they were taken
    "rows": {"train": 132, "test": 33},
    "brightness": {"train": 0.5, "test": 0.7, "used": 0.45},  # means; `used` was subtracted from all pictures
    "claims": [
        {"says": "better", "first": "lora", "second": "frozen"},
        {"says": "fewer_parameters", "first": "lora", "second": "frozen"},
        {"says": "faster", "first": "lora"},
        {"says": "good_at", "first": "lora", "labels": 25},
        {"says": "pretraining_helps", "first": "frozen"},
    ],
}

# %% [markdown]
# **Write** `audit(report)`. It returns the findings as pairs `(code, field)` of texts, in any order. `field` is the path of the entry that shows the
# flaw, with dots: `"regimes.lora.precision"`, `"plants.test"`, `"claims.0"` for the first claim. A **false alarm costs as much as a missed
# flaw**. A report may have several flaws of a kind, or none. Numbers are rounded to four digits: differences below 0.0002 are
# rounding.
#
# | code | when | field |
# |---|---|---|
# | `constant_predictor` | `accuracy` and `precision` are those of a model that always gives one class, any of those in `test_labels` | `regimes.NAME.precision` |
# | `best_of_seeds` | `score` is the highest of `scores`, not their mean | `regimes.NAME.score` |
# | `deviation_for_error` | `error` is the standard deviation of `scores` (with n - 1), not the standard error | `regimes.NAME.error` |
# | `unequal_trials` | this regime had more trials than some other | `regimes.NAME.trials` |
# | `unequal_examples` | its runs saw more pictures (`steps` times `batch`) than those of some other | `regimes.NAME.steps` |
# | `chosen_on_test` | `rate` is the best of `test_by_rate`, and not the best of `val_by_rate` | `regimes.NAME.rate` |
# | `shared_plants` | a plant is in both parts | `plants.test` |
# | `future_in_training` | the task is `"forecast"`, and not every training day is before every test day | `days.train` |
# | `statistics_of_test` | the brightness that was `used` is the mean over all rows, training and test together | `brightness.used` |
# | `not_shown` | a claim `"better"`, and `paired_difference` of the scores at 95 % does not say that the first is | `claims.I` |
# | `not_fewer` | a claim `"fewer_parameters"`, and the first has not fewer `trainable` ones than the second | `claims.I` |
# | `beyond_the_data` | a claim `"good_at"` a number of `labels` below the smallest or above the largest of `sizes` | `claims.I` |
# | `no_control` | a claim `"pretraining_helps"` in a report without a regime `"scratch"` | `claims.I` |
# | `timed_unmerged` | a claim `"faster"`, and `merged` of the first is false | `claims.I` |
#
# Four of these are kinds of **leakage** that Kapoor & Narayanan (2023) found in hundreds of papers of 17 fields: no clean test set
# (`chosen_on_test`), preprocessing on training and test data (`statistics_of_test`), temporal leakage (`future_in_training`) and
# dependence between training and test (`shared_plants`).
#
# Your points come in four parts: the numbers of a regime, the budgets, the data, the claims. You can do one after the other.

# %% question="audit" minutes=20 difficulty=3 objectives="O4"

# %% check="audit"
check("audit")

# %% [markdown] hints="audit"
# <details><summary>Hint 1: a nudge</summary>
#
# Write one rule, run the check, write the next. A helper `near(x, y)` for numbers that are equal but for rounding is used by four rules.
#
# <details><summary>Hint 2: the numbers</summary>
#
# The shares of the classes are the counts in `test_labels` over their sum. A model that always gives a class with the share p has the
# accuracy p and the weighted precision p². `statistics.stdev` is the deviation with n - 1.
#
# <details><summary>Hint 3: budgets and data</summary>
#
# First the smallest number of trials and the smallest number of pictures over all regimes: who has more is named. The mean over all rows is
# `(n_train * mean_train + n_test * mean_test) / (n_train + n_test)`. For plants, intersect two sets.
#
# <details><summary>Hint 4: the claims</summary>
#
# `for i, claim in enumerate(report["claims"])`, then one branch for each kind. The fourth value of
# `paired_difference(first["scores"], second["scores"], 0.95)` is the verdict. Some kinds of claims have no `second`.
#
# </details></details></details></details>

# %% [markdown]
# **What you just saw:** rules that find what a reader passes over. Predict: how many of its five claims does the report above lose?

# %%
for finding in sorted(audit(report) or []):
    print(*finding)
sound = copy.deepcopy(report)
sound["regimes"]["lora"] |= {"precision": 0.46, "trainable": 1_200, "merged": True, "scores": [52.0, 51.5, 54.5, 49.4]}
sound["regimes"]["lora"] |= {"score": 51.85, "error": 1.0476}
sound["regimes"]["scratch"] = copy.deepcopy(sound["regimes"]["frozen"])
print("the control, a report that was put right:", audit(sound))

# %% [markdown]
# <details><summary>Answer</summary>
#
# Four: only the one about 25 labels stands. The control could have failed: a rule that is too eager raises an alarm on a sound report, and
# after the third such alarm nobody reads the fourth.
#
# </details>
#
# **For real:** your `evaluate` takes any classifier of `transformers`. Replace `"leaves-resnet"` by the name of a model on the hub, and
# give it a loader of your own pictures. `compare` and `data_efficiency` know nothing of leaves: a regime is whatever has a `fit`.
#
# **Bonus.** Give `compare` a fifth regime, LoRA from notebook 04, and audit your own table: write it in the form of `report`.
# **To read:** Kapoor & Narayanan 2023, "Leakage and the reproducibility crisis in machine-learning-based science" (Patterns 4, 100804);
# Bouthillier et al. 2021, "Accounting for variance in machine learning benchmarks" (arXiv 2103.03098).
