# %% [markdown]
# # Domain adaptation
#
# A model was trained in one place, and is used in another. The task is the same, the data are not: other cameras, other words, other
# proportions of the classes. There are plenty of unlabelled data from the new place, the **target**, and few labels or none. What one can
# do about it is called domain adaptation.
#
# It is no cure for everything. Each method assumes something about *what* has changed, and harms if the assumption is wrong. So the last
# question of this notebook is the first one in practice: which kind of shift is it?
#
# When you are done you can
#
# - adapt a network with batch norm to new pictures without a label and without training, and say when that harms,
# - write a gradient reversal, and the two losses of domain-adversarial training,
# - mask words for continued pre-training on text of a new domain,
# - tell covariate, label and concept shift apart, and say what cannot be told without labels.
#
# {{Questions}} questions, {{minutes}} minutes:
#
# {{table}}
#
# The photos, headlines and point clouds are made by programs. That keeps every run short, and the truth known.

# %%

import copy

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.preprocessing import PolynomialFeatures, scale
from torch import nn

from tlcore import plots
from tlcore.check import check
from tlcore.data import Vocabulary, agency_vocabulary, board_words, headlines, leaves, shift_case
from tlcore.loading import from_pretrained
from tlcore.models import tiny_bert
from tlcore.plots import draw
from tlcore.progress import progress
from tlcore.training import accuracy

torch.set_num_threads(1)  # small models are quickest on one core

# %% [markdown]
# ## Statistics of the target · `adabn`
#
# **A real failure.** A network learned ten diseases of a crop from photos taken in a lab. In the field the light is another one. `severity`
# says how far the photos are from the lab; 0 is the lab itself. Nobody has labelled the photos from the field (the labels below are only used to count).
#
# Predict: the network is right on 92 % in the lab. What is left at severity 0.3, where you still see at once what is on the photo?

# %%
resnet, card = from_pretrained("leaves-resnet")
for severity in (0.0, 0.3):
    photos = leaves("source", 20, seed=5, severity=severity)
    few = photos.images[:5].permute(0, 2, 3, 1)
    draw(plots.images(f"Severity {severity}", few, [photos.names[label] for label in photos.labels[:5]]))
    print(f"severity {severity}: right on {accuracy(resnet, card.normalise(photos)):.0%} of {len(photos)} photos")

# %% [markdown]
# <details><summary>Answer</summary>
#
# About two thirds. Over ten sets of 1,000 photos it is 91.6 ± 1.0 % in the lab and 64.6 ± 1.9 % at severity 0.3 (`docs/effects.md` of the
# project; so are all measurements that this notebook quotes).
#
# </details>
#
# A batch norm subtracts a mean and divides by a standard deviation. In eval mode both are **running statistics** that were stored during
# training: those of the lab. In the field the channels have other means and variances, so that the layers above get numbers that they never
# saw. **AdaBN** (Li et al. 2016) puts the statistics of the target in their place. It needs photos and no labels, and no weight is
# trained.
#
# **By hand.** One channel, two batches of the target: (1, 3) and (5, 9). Their means are 2 and 7, their variances (the unbiased ones, divided by n - 1) are 2 and 8. The
# averages are **4.5** and **5**. Left to itself, a norm does something else: it moves what is there by a tenth with each batch.

# %%
norm = nn.BatchNorm1d(1)
norm.running_mean.fill_(10.0)  # the source
for batch in (torch.tensor([[1.0], [3.0]]), torch.tensor([[5.0], [9.0]])):
    norm(batch)
    print(f"running mean: {norm.running_mean.item():.2f}")

# %% [markdown]
# After both batches, 81 % of the source are still there. A norm with `momentum=None` averages over all batches instead, from the last
# `reset_running_stats()` on.
#
# **Write** `adabn(model, loader)`. `loader` gives batches of pictures, without labels. It may be a generator, so go through it
# once.
#
# - Return a **copy** of the model, in eval mode. The model itself stays as it is: all of its tensors, and the mode that it is in.
# - In the copy, each batch norm (`nn.BatchNorm1d`, `2d` or `3d`, however deep it lies) holds new statistics. The running mean is the average over all batches of the
#   batch's mean, and the running variance that of its unbiased variance. All batches count alike, also a smaller last one, and nothing of
#   the source is left.
# - During the pass, batch norms are in train mode: each normalises a batch by that batch. All other layers are in eval mode; dropout would change what the norms see.
# - Nothing else differs from the model. Scales and shifts stay, what is frozen stays frozen, and the norms keep their own `momentum`,
#   in case somebody goes on training. (How many batches the norms have counted does not matter.)
# - If no batch comes, raise an error, such as a `ValueError`.


# %% question="adabn" minutes=15 difficulty=2 objectives="O2,O5"
def adabn(model, loader):
    """A copy of `model` whose batch norms hold the statistics of the pictures in `loader`."""
    # 1. copy the model, and put the copy into eval mode
    # 2. let its batch norms forget their statistics, and put them alone into train mode
    # 3. one pass over the loader, without gradients: all batches count alike
    # 4. eval mode again, and the norms' own momentum
    ### BEGIN SOLUTION
    adapted = copy.deepcopy(model).eval()
    norms = [m for m in adapted.modules() if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d))]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
        norm.train()
    batches = 0
    with torch.no_grad():
        for x in loader:
            adapted(x)
            batches += 1
    if not batches:
        raise ValueError("no batch came from the loader: there is nothing to adapt to")
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    return adapted.eval()
    ### END SOLUTION


# %% check="adabn"
check("adabn")

# %% [markdown] hints="adabn"
# <details><summary>Hint 1: a nudge</summary>
#
# What is the least that has to be in train mode? And what does a batch norm have to forget before it sees the target?
#
# <details><summary>Hint 2: the norms</summary>
#
# `copy.deepcopy(model)` copies everything. `isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d))` for each `m` of `.modules()` finds
# the norms at any depth. Put the copy into eval mode first, and then the norms alone into train mode.
#
# <details><summary>Hint 3: the average</summary>
#
# `norm.reset_running_stats()` forgets; `norm.momentum = None` makes the norm average over all batches alike. Keep the old momentum in a list, and
# put it back at the end.
#
# <details><summary>Hint 4: nearly there</summary>
#
# The pass itself is `with torch.no_grad():` and a loop that calls the copy on each batch and counts the batches. A count of 0: raise a `ValueError`. Then the
# momenta, and `return adapted.eval()`.
#
# </details></details></details></details>

# %% [markdown]
# <details><summary>Common mistakes</summary>
#
# - `model.train()` and a pass: nine tenths of the source stay, dropout is at work, and the model itself is changed.
# - `norm.reset_parameters()`: the learned scale and shift are gone, too.
# - Eval mode forgotten at the end: each test batch is normalised by itself.
# - `momentum=None` left behind: the next training averages over everything since.
#
# </details>
#
# <details><summary>Stuck? Go on all the same</summary>
#
# Put `from tlcore.stand_ins import adabn` into a cell of its own below your answer. It lets the rest of the notebook run. It is no answer:
# it knows norms over pictures only, accepts an empty loader, and loses the momentum.
#
# </details>

# %% [markdown]
# **Now the leaves.** 500 unlabelled photos for AdaBN, 400 others to count on, five sets of photos for each severity. The control is severity 0: there is
# nothing to repair.
#
# Predict: at which severities does it help most?


# %%
def unlabelled(photos, size=50):
    """Batches of normalised photos, without their labels."""
    return card.normalise(photos).images.split(size)


severities, scores = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5), {"no adaptation": [], "AdaBN": []}
for severity in progress(severities, desc="six severities"):
    found = {name: [] for name in scores}
    for seed in range(5):
        adapted = adabn(resnet, unlabelled(leaves("source", 50, seed=seed, severity=severity)))
        test = card.normalise(leaves("source", 40, seed=900 + seed, severity=severity))
        found["no adaptation"].append(100 * accuracy(resnet, test))
        found["AdaBN"].append(100 * accuracy(adapted, test))
    for name, values in found.items():
        scores[name].append((np.mean(values), np.std(values, ddof=1)))

_, axes = plt.subplots(figsize=(6.5, 3.5))
for arm, values in scores.items():
    means, spreads = zip(*values, strict=True)
    axes.errorbar(severities, means, yerr=spreads, marker="o", capsize=3, label=arm)
    print(f"{arm:>13}:", ", ".join(f"{m:.0f} ± {s:.0f}" for m, s in values))
axes.axhline(10, color="gray", linestyle=":", label="guessing")
axes.set(
    xlabel="severity (0 is the lab)", ylabel="accuracy in %", ylim=(0, 100), title="mean and deviation of five sets"
)
axes.legend()
plt.show()

# %% [markdown]
# <details><summary>What to compare</summary>
#
# In the lab both are alike: AdaBN costs nothing there if it sees enough photos. Around 0.3 the lead is largest; over ten sets of 1,000 photos it is 10.5 points (95 %
# interval 9.2 to 11.9). At 0.5 it is gone: what is lost there is not a matter of means and variances. And at 0.3 it wins back 39 % of
# what was lost, not all of it.
#
# </details>
#
# **When it harms.** AdaBN takes every difference of means for a difference between cameras. It could also be a difference between the *proportions of
# the classes*. Below, the target has the light of the lab and only three of the ten diseases. There is nothing to repair. Predict: what does AdaBN do?

# %%
found = {"no adaptation": [], "AdaBN": []}
for seed in progress(range(10), desc="three of ten classes", unit="seed"):
    kept = torch.randperm(10, generator=torch.Generator().manual_seed(seed))[:3]
    here, test = leaves("source", 100, seed=seed), leaves("source", 40, seed=900 + seed)
    here, test = here[torch.isin(here.labels, kept)], card.normalise(test[torch.isin(test.labels, kept)])
    found["no adaptation"].append(100 * accuracy(resnet, test))
    found["AdaBN"].append(100 * accuracy(adabn(resnet, unlabelled(here)), test))
for name, values in found.items():
    print(f"{name:>13}: {np.mean(values):.0f} ± {np.std(values, ddof=1):.0f} (three classes, in the lab, ten draws)")

# %% [markdown]
# <details><summary>What to compare</summary>
#
# It costs 18 points (91.5 ± 4.3 without, 73.4 ± 7.1 with it, in ten draws that were measured). With one class it destroys the model: 88 becomes 19. So AdaBN is the wrong remedy if the class proportions have changed. A skew of ten to one cost
# less than the severity of 0.3 gave back, so not every imbalance is fatal.
#
# </details>
#
# Two things that one reads often did **not** show here. Small batches did not harm, not even batches of two, and neither did photos that come one class at a time: averaged over *all*
# batches, the accuracy at severity 0.3 stays between 74 and 76. What harms is a mean that forgets: with momentum 0.1, batches of two and one class
# after the other, it falls to 60, below no adaptation (65). And a network that is left in train mode and gets its test photos one class at a time is right on 16 %, where guessing gives 10.
#
# The function did not know what a ResNet is. For your own network, replace `resnet` by it; it needs batch norm. A transformer has layer
# norm, which stores no statistics: there AdaBN does nothing.

# %% [markdown]
# ## Features without a domain · `grad_reverse`
#
# AdaBN repairs means and variances. **Domain-adversarial training** (DANN, Ganin & Lempitsky 2015) asks for more: features from which nobody can
# tell where a photo was taken. A second small network, the **critic**, tries to tell source from target. The body is trained to make
# that hard. So one loss has to reach two networks in opposite directions: the critic should make it small, the body should make it large.
# The trick is a layer that does nothing on the way forward and turns the gradient round on the way back.
#
# **By hand.** `x = 3`, `y = grad_reverse(x, 0.5)`, and a loss of `2 y`. Forward, `y` is 3 and the loss is 6. Backward, the gradient of `y` is 2, and
# `x` gets `-0.5 * 2 = -1`. A step of gradient *descent* makes `x` larger, and the loss with it.
#
# In torch, a **hook** is called with the gradient of a tensor as soon as it is known, and may return another one. Or one writes a
# `torch.autograd.Function` with a backward pass of its own. Both are fine. Here is each of them for something else, a layer that doubles the gradient:

# %%
x = torch.tensor(3.0, requires_grad=True)
y = x.view_as(x)  # another tensor with the same values
y.register_hook(lambda gradient: 2 * gradient)
(5 * y).backward()
print("with a hook:", x.grad.item())


class Doubled(torch.autograd.Function):
    """The identity, with the gradient doubled."""

    @staticmethod
    def forward(context, x):
        return x.view_as(x)

    @staticmethod
    def backward(context, gradient):
        return 2 * gradient


x = torch.tensor(3.0, requires_grad=True)
(5 * Doubled.apply(x)).backward()
print("with a Function:", x.grad.item())

# %% [markdown]
# **Write two functions.**
#
# `grad_reverse(x, lam)` returns a tensor with the values of `x`, whatever its shape and its type. On the way back, what comes
# through it is multiplied by `-lam`; what reaches `x` on other ways stays as it is. It also works where no gradient is asked for: `x.requires_grad` may be false.
#
# `dann_losses(body, head, critic, source, target_x, lam)` returns `(label_loss, domain_loss)`, two tensors of one number each. One optimizer will minimise
# their sum.
#
# - `body` turns pictures into features, `head` features into logits of the classes, and `critic` features `(N, d)` into **one** logit `(N, 1)`:
#   above zero means "from the target". `source` is a pair `(x, y)` of pictures and labels; `target_x` are pictures without labels, in any number.
# - `label_loss` is the mean cross-entropy of the head on the source. It trains head and body as usual.
# - `domain_loss` is the mean binary cross-entropy of the critic, over all pictures of both, with 0 for the source and 1 for the
#   target. The critic learns from it as usual; the body gets its gradient multiplied by `-lam`.
# - The values of the losses do not depend on `lam`.
#
# The pictures may go through the body together or one domain after the other. (With batch norm it makes a difference. Here, both are right.)


# %% question="grad_reverse" minutes=17 difficulty=2 objectives="O2,O5"
def grad_reverse(x, lam):
    """`x` on the way forward; on the way back its gradient is multiplied by -lam."""
    # 1. another tensor with the values of x, in the same graph
    # 2. if it takes part in a backward pass: multiply the gradient that comes to it, before x gets it
    ### BEGIN SOLUTION
    y = x.view_as(x)
    if y.requires_grad:
        y.register_hook(lambda gradient: -lam * gradient)
    return y
    ### END SOLUTION


def dann_losses(body, head, critic, source, target_x, lam):
    """The loss of the labels and that of the domains; their sum is what one optimizer minimises."""
    # 1. features of both; the head sees those of the source
    # 2. the critic sees all of them through grad_reverse
    # 3. cross-entropy with the labels; binary cross-entropy with 0 for the source and 1 for the target
    ### BEGIN SOLUTION
    x, y = source
    features = torch.cat([body(x), body(target_x)])
    told = critic(grad_reverse(features, lam)).squeeze(1)
    domain = torch.cat([torch.zeros(len(x)), torch.ones(len(target_x))]).to(told)
    return F.cross_entropy(head(features[: len(x)]), y), F.binary_cross_entropy_with_logits(told, domain)
    ### END SOLUTION


# %% check="grad_reverse"
check("grad_reverse")

# %% [markdown] hints="grad_reverse"
# <details><summary>Hint 1: a nudge</summary>
#
# Draw the three networks: the body in the middle, head and critic behind it. On which of the lines between them does the reversal lie?
#
# <details><summary>Hint 2: the reversal</summary>
#
# The hook above, with another factor. A tensor that does not require a gradient takes no hook: ask `y.requires_grad` first. Put the hook on a *new* tensor (`x.view_as(x)`). A hook on `x` itself would change every
# gradient that reaches `x`.
#
# <details><summary>Hint 3: the losses</summary>
#
# `F.cross_entropy(logits, y)` for the labels. `F.binary_cross_entropy_with_logits(logit, domain)` for the domains; `domain` has the shape and the type of
# `logit`: `torch.cat([torch.zeros(n), torch.ones(m)])`, and `logit.squeeze(1)`.
#
# <details><summary>Hint 4: nearly there</summary>
#
# Features of the source and of the target; the head sees the first. Join both with `torch.cat`, send them through `grad_reverse(features, lam)`, and give that
# to the critic. Return both losses, neither of them multiplied by anything.
#
# </details></details></details></details>

# %% [markdown]
# <details><summary>Common mistakes</summary>
#
# - `-lam * domain_loss` without a reversal: the critic learns to be wrong.
# - `lam * domain_loss` behind a reversal by lam: the body feels `lam * lam`, and the critic learns at another rate.
# - `features.detach()` before the critic: the body never hears of it.
# - The head's guesses on the target as labels: the network teaches itself its mistakes.
#
# </details>
#
# <details><summary>Stuck? Go on all the same</summary>
#
# Put `from tlcore.stand_ins import grad_reverse, dann_losses` into a cell of its own below your answer. It lets the next cell run. It is no answer: its
# reversal knows lam = 1 only, and it takes as many pictures of the target as of the source.
#
# </details>

# %% [markdown]
# **In the plane, where one can see it.** Two classes (up and down) in two domains (left and right). The body is linear, and its features are two numbers. Without the reversal (lam = 0), the critic can tell the domains easily. Predict: what does the body do to the axis
# that tells them apart if lam = 1?


# %%
def two_domains(n, seed):
    """Points of two classes; the target lies 3 to the right."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(n) % 2
    points = torch.randn(n, 2, generator=generator) * 0.5
    points[:, 1] += 2.0 * labels - 1
    return points, labels, points.flip(0) * 0.9 + torch.tensor([3.0, 0.0]), labels.flip(0)


found = {}
for lam in (0.0, 1.0):
    right = []
    for seed in progress(range(5), desc=f"lam = {lam:g}", unit="seed"):
        torch.manual_seed(seed)
        body, head, critic = (
            nn.Linear(2, 2),
            nn.Linear(2, 2),
            nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1)),
        )
        networks = nn.ModuleList([body, head, critic])
        optimizer = torch.optim.SGD(networks.parameters(), lr=0.1)
        points, labels, other, other_labels = two_domains(100, seed)
        for _ in range(400):
            label_loss, domain_loss = dann_losses(body, head, critic, (points, labels), other, lam)
            optimizer.zero_grad()
            (label_loss + domain_loss).backward()
            optimizer.step()
        with torch.no_grad():
            here, there = body(points), body(other)
            told = torch.cat([critic(here) < 0, critic(there) > 0]).float().mean().item()
            hits = (head(there).argmax(1) == other_labels).float().mean().item()
        right.append((100 * told, 100 * hits))
    means, spreads = np.mean(right, 0), np.std(right, 0, ddof=1)
    found[lam] = means
    print(
        f"lam = {lam:g}: critic right {means[0]:.0f} ± {spreads[0]:.0f} %, classes of the target right "
        f"{means[1]:.0f} ± {spreads[1]:.0f} % (five seeds)"
    )
draw(
    plots.bars(
        "How often the critic is right (guessing: 50 %)",
        [f"lam = {lam:g}" for lam in found],
        [v[0] for v in found.values()],
        ylabel="right, in %",
    )
)

# %% [markdown]
# With lam = 0 the critic has an easy task. With lam = 1 the body hides the axis that tells the domains apart, and the critic is about as good as guessing. Here the classes lie along the
# other axis, so that nothing is lost. If they lay along the same one, the body would hide them, too.
#
# **Does it help on the leaves?** It was measured with the ResNet at severity 0.3, ten seeds, 200 further steps on labelled photos of the source (`docs/effects.md`):
#
# | trained on | right on the target, in % | critic right, in % |
# |---|---|---|
# | source alone | 63.3 ± 2.8 | |
# | source, with target photos in the batch, lam = 0 | 73.4 ± 2.6 | 80.1 ± 2.8 |
# | the same with the adversary, lam = 1 | 74.5 ± 2.3 | 58.1 ± 4.5 |
#
# Predict before you unfold: how much of the gain comes from the adversary?
#
# <details><summary>Answer</summary>
#
# Hardly any that one could see: 1.1 points (95 % interval -0.5 to 2.7). The second line is the control. There the body only *sees* target photos, in its batch norm, and that alone gives 10 points. AdaBN, which trains nothing, does as well as
# DANN (difference -0.7, from -2.5 to 1.1). The adversary did its work, because the critic is right in 58 % instead of 80 %. But domains that cannot be told apart are not yet domains on
# which the classifier is right. This is one small network, one lam, one severity: it does not say that DANN loses in general. It says that you need the lam = 0 control to claim that it wins.
#
# </details>

# %% [markdown]
# ## New words · `mlm_batch`
#
# The same problem in text. A language model learned market news from an agency. Now it shall read a message board about the same markets, where prices do not "surge" but 🚀. **A real failure:** its vocabulary knows no slang, and every
# unknown word becomes one and the same `<unk>`. Predict: do the two posts below still differ for the model?

# %%
posts, up = headlines("board", 400, seed=0)
for text in ("coffee 🚀 frost in brazil", "coffee 📉 frost in brazil"):
    ids, _ = posts.vocabulary.encode([text])
    print(text, "→", " ".join(posts.vocabulary.words[i] for i in ids[0, 1:-1]))
unknown = (posts.ids == posts.vocabulary.id("<unk>")).sum() / posts.mask.sum()
print(f"{unknown:.0%} of the tokens on the board are <unk>; new words: {' '.join(board_words())}")

# %% [markdown]
# <details><summary>Answer</summary>
#
# No. The word that says which way the price goes is the one that is lost. No amount of training on these ids brings it back.
#
# </details>
#
# So the vocabulary gets the new words, and the model a new row for each of them in its embedding. A new row is random. What gives it a meaning is **continued pre-training**: the model goes on with the task of its pre-training on unlabelled posts.
# For BERT and its kin that is to guess hidden words.
#
# **By hand.** `coffee 🚀 on frost` with 🚀 hidden. The input is `coffee <mask> on frost`. The labels are `-100 🚀 -100 -100`: torch's cross-entropy ignores -100, so the loss is about the hidden word alone.
#
# **Write** `mlm_batch(ids, special, mask_id, p, gen)`. `ids` (N, T) are word ids (int64) of N texts; `special` is a list of ids such as padding, begin and end.
#
# - Each word is hidden with probability `p` (0 to 1), independently of all others. Ids in `special` are no words: they are never hidden.
# - Return `(inputs, labels)`, both (N, T) and int64. In `inputs`, `mask_id` stands in the place of each hidden word, and all else is as in `ids`.
# - In `labels`, hidden words keep their ids. All other positions are -100: those of words that are shown, and those of special ids.
# - `ids` stays as it is, and the results share no memory with it: they may be changed later.
# - `gen`, a `torch.Generator`, decides which words are hidden, and nothing else does: the same state of `gen` gives the same batch. Each call takes new random numbers from it, so that a text
#   is masked in another way in each epoch.
#
# (BERT itself puts `<mask>` in 80 % of the hidden places, another word in 10 % and leaves the word in 10 %. Here it is always `mask_id`.)


# %% question="mlm_batch" minutes=10 difficulty=1 objectives="O2,O3L"
def mlm_batch(ids, special, mask_id, p, gen):
    """Inputs in which some words are masked, and labels that ask for these words alone."""
    # 1. which positions hold a word, and no special id?
    # 2. choose among them, each with probability p
    # 3. inputs: the mask where chosen; labels: -100 where not chosen
    ### BEGIN SOLUTION
    word = ~torch.isin(ids, torch.tensor(special))
    chosen = word & (torch.rand(ids.shape, generator=gen) < p)
    return ids.masked_fill(chosen, mask_id), ids.masked_fill(~chosen, -100)
    ### END SOLUTION


# %% check="mlm_batch"
check("mlm_batch")

# %% [markdown] hints="mlm_batch"
# <details><summary>Hint 1: a nudge</summary>
#
# Everything follows from one table of true and false: which positions are hidden? Make it first, from `ids`, and change nothing before it is there.
#
# <details><summary>Hint 2: the table</summary>
#
# `torch.isin(ids, torch.tensor(special))` is true at special ids, and `~` turns it round. `torch.rand(ids.shape, generator=gen) < p` is true with probability p, at each position by itself. Join the two with `&`.
#
# <details><summary>Hint 3: nearly there</summary>
#
# `ids.masked_fill(table, value)` gives a new tensor with `value` where the table is true. Once with the table and `mask_id`, and once with the table turned round and -100.
#
# </details></details></details>

# %% [markdown]
# <details><summary>Common mistakes</summary>
#
# - `labels = ids`: the model is praised for copying the words that it sees. The loss looks wonderful.
# - Labels made from the masked inputs: each label says `<mask>`.
# - Padding hidden: most of the loss is about padding.
# - A fixed seed inside the function: one mask for ever.
#
# </details>
#
# <details><summary>Stuck? Go on all the same</summary>
#
# Put `from tlcore.stand_ins import mlm_batch` into a cell of its own below your answer. It lets the next cell run. It is no answer: it ignores `special` but for padding, begin and end, and hides 3 words in 10 whatever p is.
#
# </details>

# %% [markdown]
# **Now with BERT**, a small one of `transformers`. It learns agency news, gets rows for the new words, and goes on with posts. The first loss after the new rows is the control: the model as it is before it has seen a post.
#
# `resize_token_embeddings` adds the rows. The head that guesses words shares its weights with the embedding (they are *tied*), so it gets the same rows. Whoever makes a new `nn.Embedding` by hand breaks the tie, and the two drift apart. Predict: is the loss on agency news
# the same after training on posts?


# %%
def masked_loss(bert, ids, seed):
    """Mean loss on hidden words, with the same words hidden each time."""
    inputs, labels = mlm_batch(ids, [0, 1, 2], mask_id, 0.3, torch.Generator().manual_seed(seed))
    with torch.no_grad():
        return bert(input_ids=inputs, attention_mask=(ids != 0).long(), labels=labels).loss.item()


def pretrain(bert, ids, steps, seed, desc):
    """Masked-word training for some steps, in place."""
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(bert.parameters(), lr=3e-3, weight_decay=0.0)
    bert.train()
    for _ in progress(range(steps), desc=desc):
        rows = ids[torch.randint(len(ids), (32,), generator=generator)]
        inputs, labels = mlm_batch(rows, [0, 1, 2], mask_id, 0.3, generator)
        optimizer.zero_grad()
        bert(input_ids=inputs, attention_mask=(rows != 0).long(), labels=labels).loss.backward()
        optimizer.step()
    bert.eval()


plain = agency_vocabulary()
wide = Vocabulary((*plain.words, *board_words()))  # new words come last: the old ids stay
mask_id = wide.id("<mask>")
stages = {"new rows, no post seen": [], "after posts": []}
for seed in range(3):
    torch.manual_seed(seed)
    bert = tiny_bert(len(plain), width=32, depth=1, max_length=16)
    news, posts = (headlines(register, 500, seed=seed, words=wide)[0].ids for register in ("agency", "board"))
    new_news, new_posts = (
        headlines(register, 300, seed=90 + seed, words=wide)[0].ids for register in ("agency", "board")
    )
    pretrain(bert, news, 250, seed, f"agency news, seed {seed}")
    bert.resize_token_embeddings(len(wide), mean_resizing=False)
    tied = bert.get_input_embeddings().weight is bert.get_output_embeddings().weight
    stages["new rows, no post seen"].append([masked_loss(bert, ids, seed) for ids in (new_posts, new_news)])
    pretrain(bert, posts, 250, seed, f"posts, seed {seed}")
    stages["after posts"].append([masked_loss(bert, ids, seed) for ids in (new_posts, new_news)])
print(f"{len(wide) - len(plain)} rows added, embedding and head tied: {tied}")
for stage, values in stages.items():
    means, spreads = np.mean(values, 0), np.std(values, 0, ddof=1)
    print(
        f"{stage:>22}: loss on new posts {means[0]:.2f} ± {spreads[0]:.2f}, on new agency news {means[1]:.2f} ± {spreads[1]:.2f}"
    )

# %% [markdown]
# <details><summary>What to compare</summary>
#
# The loss on posts falls, as it should: over ten seeds from 6.18 ± 0.33 to 2.07 ± 0.05. The loss on agency news rises from 1.56 ± 0.05 to 5.29 ± 0.28. That is more than 4.3, the loss of
# somebody who finds all 75 words equally likely: what it does not see any more, the model has unlearned in 250 steps, and it is sure of the wrong words. It is the posts
# that do it: after as many steps more on agency news, the loss there is 1.43 ± 0.03. Notebook 9 is about that.
#
# </details>
#
# This shows that the model learns to guess words of the board. It does **not** show that a classifier of posts gets better: that was not measured here, and nothing is claimed. For large models Gururangan et al. (2020) found that it does, most where the new domain
# is far from the old one.
#
# For a real model: `AutoModelForMaskedLM.from_pretrained(...)` instead of `tiny_bert`, `tokenizer.add_tokens(...)`, `resize_token_embeddings(len(tokenizer))`, and `mlm_batch` with `tokenizer.all_special_ids` and `tokenizer.mask_token_id`. The rest stays.

# %% [markdown]
# ## Which shift is it? · `diagnose_shift`
#
# AdaBN helped against another light, and harmed when three of ten classes were left. So before you choose a remedy, find out **what** has changed. `x` is what you see of a case, `y` its class:
#
# | kind | what has changed | what is the same | an example | what may help |
# |---|---|---|---|---|
# | covariate | P(x) | P(y given x) | another camera, another age of the patients | AdaBN, reweighting by x, more training on the target |
# | label | P(y), and P(x) with it | P(x given y) | the disease is rarer here | other class proportions in the predictions; not AdaBN |
# | concept | P(y given x) | P(x) | the lab has redefined "positive" | new labels. Nothing else will do |
#
# **By hand.** A source with two classes, half of the cases each; x is positive in 9 of 10 cases of class 1, and in 1 of 10 of class 0. So half of all x are positive. In the target 82 % are.
# If the classes were 90 to 10, one would expect `0.9 * 0.9 + 0.1 * 0.1 = 0.82`. Other class proportions explain it all. If they did not, the shift would be one of P(x given y), too.
#
# Predict: of two samples of *one and the same* source, a classifier is asked which sample a row is from. It is scored on the rows that it was fitted on. How often is it right?

# %%
training, held_out = [], []
for seed in range(20):
    case = shift_case("none", seed=seed, rows=(200, 200))
    rows = PolynomialFeatures(2).fit_transform(np.concatenate([case.x, case.target_x]))
    domain = np.repeat([0, 1], 200)
    training.append(100 * np.mean(RidgeClassifier().fit(rows, domain).predict(rows) == domain))
    shuffled = np.random.default_rng(seed).permutation(400)
    said = cross_val_predict(RidgeClassifier(), rows[shuffled], domain[shuffled], cv=5)
    held_out.append(100 * np.mean(said == domain[shuffled]))
for name, values in (("rows that it was fitted on", training), ("held-out rows", held_out)):
    print(f"right on {name}: {np.mean(values):.1f} ± {np.std(values, ddof=1):.1f} % (20 draws, no shift at all)")

# %% [markdown]
# <details><summary>Answer</summary>
#
# Clearly more than half, although there is nothing to find. On held-out rows it is about half. In the measurement of the project, a
# procedure that scores the domain classifier on its training rows names 52 % of the cases rightly instead of 91 % (strength 0.5, 100 labels), because it sees a shift everywhere.
#
# </details>
#
# **Write** `diagnose_shift(source_x, source_y, target_x, few_x, few_y)`. All are numpy arrays: `source_x` (N, D), `target_x` (M, D), `source_y` with the classes 0 to C - 1 of the source.
# `few_x, few_y` are some rows of the target with their labels. There are about 100 of them, or none.
#
# - Return one of four words: `"none"`, `"covariate"`, `"label"` or `"concept"`. There is at most one kind of shift in a case.
# - If there are no labels (`len(few_y) == 0`), covariate and label shift can still be named. Concept shift cannot be seen; then say `"none"`.
# - It works for any number of classes, columns and rows; N and M may differ.
#
# Any procedure is right that is good enough: it is judged on many cases from `shift_case`, with the strengths 0.65 to 0.8 and
# some hundred rows. No test is right every time, and no procedure has to be. What counts is that two thirds to three quarters of the cases of each test are named rightly, and that there is no kind of which most cases get a wrong name. The procedure below names
# nine in ten. Guessing names one in four, and gets no point but by rare luck.
#
# 1. **Has P(x) changed?** Fit a classifier that tells source rows from target rows, and score it on rows that it was not fitted on.
# 2. **If so, do other class proportions explain it?** Estimate the target's proportions. Thin out the source to them: keep a row of class c with a probability in proportion to target
#    share / source share. Then ask again. If the classifier is lost now, it was label shift.
# 3. **If not**, compare hits of a model of the source on the few labels with its hits on held-out rows of the source.
#
# To estimate proportions without labels: on held-out source rows, the model says class k for a share `confusion[k, c]` of the rows of class c. On the target it says k for a share `shares[k]`. So
# `confusion @ proportions = shares`.
#
# `shift_case(kind, strength, seed)` gives you cases to try, with `.x`, `.y`, `.target_x`, `.target_y`.


# %% question="diagnose_shift" minutes=25 difficulty=3 objectives="O2,O5"
def diagnose_shift(source_x, source_y, target_x, few_x, few_y):
    """The kind of shift, one of four words: none, covariate, label or concept."""
    # 1. can a classifier tell source from target, on rows that it was not fitted on?
    # 2. if so: thin out the source to the class proportions of the target; can it still tell them apart?
    # 3. if not: are there fewer hits on the few labels than on held-out rows of the source?
    ### BEGIN SOLUTION
    rng = np.random.default_rng(0)

    def told_apart(a, b):
        """Standard deviations by which a cross-validated domain classifier is better than guessing."""
        x, domain = np.concatenate([a, b]), np.repeat([0, 1], [len(a), len(b)])
        x = scale(PolynomialFeatures(2, include_bias=False).fit_transform(x))
        folds = StratifiedKFold(2, shuffle=True, random_state=0)
        right = cross_val_predict(RidgeClassifier(class_weight="balanced"), x, domain, cv=folds) == domain
        balanced = (right[domain == 0].mean() + right[domain == 1].mean()) / 2
        return (balanced - 0.5) / np.sqrt((0.25 / len(a) + 0.25 / len(b)) / 4)

    classes = int(max(source_y)) + 1
    fit = rng.random(len(source_y)) < 0.5
    model = LogisticRegression().fit(source_x[fit], source_y[fit])
    held_x, held_y = source_x[~fit], source_y[~fit]
    if told_apart(source_x, target_x) > 2.5:
        # What the model says of each class, and of the target: the proportions that explain the latter.
        said = model.predict(held_x)
        confusion = np.array([[np.mean(said[held_y == c] == k) for c in range(classes)] for k in range(classes)])
        shares = np.bincount(model.predict(target_x), minlength=classes) / len(target_x)
        proportions = np.clip(np.linalg.lstsq(confusion, shares, rcond=None)[0], 1e-6, None)
        weights = proportions[source_y] / np.bincount(source_y)[source_y]
        # Each row is kept once at most: a copy in two folds would be recognised.
        kept = rng.random(len(source_y)) < weights / weights.max()
        return "covariate" if told_apart(source_x[kept], target_x) > 2.5 else "label"
    if len(few_y):
        usual = model.score(held_x, held_y)
        hits = model.score(few_x, few_y)
        if usual - hits > 2.5 * np.sqrt(usual * (1 - usual) * (1 / len(few_y) + 1 / len(held_y))):
            return "concept"
    return "none"
    ### END SOLUTION


# %% check="diagnose_shift"
check("diagnose_shift")

# %% [markdown] hints="diagnose_shift"
# <details><summary>Hint 1: a nudge</summary>
#
# Which of the four kinds change what you see without labels? Settle that first, for it decides which question comes next.
#
# <details><summary>Hint 2: telling the domains apart</summary>
#
# `cross_val_predict` gives for each row the answer of a classifier that was not fitted on it. A linear classifier sees differences of means; with `PolynomialFeatures(2)`, those of
# spreads and correlations as well. If the sides differ in size, use `class_weight="balanced"`, and average the share that is right of each side.
#
# <details><summary>Hint 3: how much is more than chance?</summary>
#
# The share that is right of n rows has a standard deviation of `sqrt(0.25 / n)` when guessing, and the mean of two such shares `sqrt((0.25 / n + 0.25 / m) / 4)`. Call it a difference from 2.5 standard deviations on. For the hits, compare `usual - hits` with
# `2.5 * sqrt(usual * (1 - usual) / len(few_y))`.
#
# <details><summary>Hint 4: thinning</summary>
#
# `proportions = np.linalg.lstsq(confusion, shares, rcond=None)[0]`, clipped to be positive. `weights = proportions[source_y] / np.bincount(source_y)[source_y]`, and
# `kept = rng.random(N) < weights / weights.max()`. Do not draw rows with replacement: a copy of a row in the other half would be recognised.
#
# <details><summary>Hint 5: nearly there</summary>
#
# A function `told_apart(a, b)` with the steps of hints 2 and 3. `if told_apart(source_x, target_x)`: thin, and return `"covariate" if told_apart(source_x[kept], target_x) else "label"`. Otherwise compare the hits if there are labels, and return
# `"concept"` or `"none"`. Fit the model of the source on one half of its rows, and use the other half for `confusion` and for the usual hits.
#
# </details></details></details></details></details>

# %% [markdown]
# <details><summary>Common mistakes</summary>
#
# - The domain classifier scored on its training rows: a shift everywhere.
# - A drop of accuracy called concept shift: covariate and label shift can lower it, too. (In the cases of `shift_case` they hardly do, so that no check tells you.)
# - Other predicted proportions called label shift: under covariate shift they change as well.
# - "More than one half" as the limit when one side has twice as many rows.
#
# </details>
#
# <details><summary>Stuck? Go on all the same</summary>
#
# Put `from tlcore.stand_ins import diagnose_shift` into a cell of its own below your answer. It is no answer: it looks at means only, and knows neither label nor concept shift.
#
# </details>

# %% [markdown]
# **An examination** of your procedure: eight cases of each kind, at a strength that you were not asked for (0.5), with 100 labels and with none. A procedure that does nothing wrong still errs. Predict: which kind is hit
# hardest when there are no labels?

# %%
kinds = ("none", "covariate", "label", "concept")
for labels in (100, 0):
    table = np.zeros((4, 4), int)
    for row, kind in enumerate(progress(kinds, desc=f"{labels} labels")):
        for seed in range(8):
            case = shift_case(kind, 0.5, 100 + seed)
            said = diagnose_shift(case.x, case.y, case.target_x, case.target_x[:labels], case.target_y[:labels])
            table[row, kinds.index(said)] += 1
    print(f"with {labels} labels, {np.trace(table) / table.sum():.0%} named rightly")
    for kind, counts in zip(kinds, table, strict=True):
        print(f"  {kind:>9} is called " + ", ".join(f"{k} {n} times" for k, n in zip(kinds, counts, strict=True) if n))

# %% [markdown]
# <details><summary>What to compare</summary>
#
# Concept shift without labels is called "none", always: P(x) is the same, and there is nothing else to look at. No cleverness replaces labels there. Over ten examinations of forty cases, a procedure like the one above names
# 70.8 ± 2.9 % rightly without labels, 87.8 ± 5.6 % with 30 and 91.2 ± 3.6 % with 100, at strength 0.5. A constant answer gets 25 %.
#
# </details>
#
# What this does not say: the clouds have five dimensions, and each case had one shift. On photos one would run it on features of the network, not on
# pixels, and it was not tried there. In practice shifts come together.
#
# **To take home**
#
# | you find | then |
# |---|---|
# | P(x) has changed, class proportions do not explain it | AdaBN, further pre-training, adversarial features; look at a few labels all the same |
# | class proportions explain it | correct the proportions. No AdaBN |
# | P(x) is the same, and the hits have fallen | label anew |
# | nothing | be suspicious if you have no labels |
#
# **Bonus** (no points). Run `diagnose_shift` on `pooler_output` features of the leaves: severity 0 against 0.3, and all classes against three of them. You need more rows than features, or fewer features (`sklearn.decomposition.PCA`).
#
# **What to read next**
#
# - Li et al. 2016, *Revisiting batch normalization for practical domain adaptation*, arXiv 1603.04779.
# - Ganin & Lempitsky 2015, *Unsupervised domain adaptation by backpropagation*, arXiv 1409.7495.
# - Gururangan et al. 2020, *Don't stop pretraining*, arXiv 2004.10964.
# - Lipton et al. 2018, *Detecting and correcting for label shift with black box predictors*, arXiv 1802.03916; Rabanser et al. 2019, *Failing loudly*, arXiv 1810.11953.
