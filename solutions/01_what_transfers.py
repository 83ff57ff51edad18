# %% [markdown]
# # What transfers, and when
#
# Six photos of diseased leaves, or six hundred: that is what most projects have, and it is too little for a network that begins with
# random numbers. **Transfer learning** uses what was learned from other data, the **source**, to learn a **target** from less. Before
# you write any of it (from notebook 02 on), this notebook asks what it is worth, which technique is possible at all, what each of
# them trains, in which order the work is done, and what a few training steps change.
#
# When you are done you can
#
# - read off two learning curves what transfer was worth,
# - say which techniques a situation rules out: by its data, its memory, its disk, or its promises,
# - count what learns in feature extraction, full fine-tuning and LoRA,
# - put the steps of a workflow into an order that works,
# - tell which tensors of a model a few training steps change.
#
# {{Questions}} questions, {{minutes}} minutes:
#
# {{table}}

# %%
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from torch import nn

from tlcore.check import check
from tlcore.data import leaves
from tlcore.loading import from_pretrained
from tlcore.models import TinyNet, tiny_bert, tiny_llama, tiny_resnet
from tlcore.predicting import Prediction, changed_keys
from tlcore.progress import progress
from tlcore.training import accuracy, predict, train

torch.set_num_threads(1)  # small models are quickest on one core

# %% [markdown]
# ## The effect itself
#
# A small network was trained on ten leaf diseases of crop A (the source). We have five labelled photos for each of six *other* diseases
# of crop B (the target). Four ways to use one architecture:
#
# | | weights at the start | what learns |
# |---|---|---|
# | pretrained, frozen | from crop A | a new head |
# | pretrained, fine-tuned | from crop A | everything |
# | scratch | random | everything |
# | random, frozen | random | a new head |
#
# The last one is the **control**. If it did as well as the first, the architecture would do the work and not the pre-training.
#
# **Predict** before you run the cell (about half a minute): in which order do the four end, and which of them starts highest? Chance is
# 0.17.

# %%
_, card = from_pretrained("leaves-resnet")
test = card.normalise(leaves("target", 60, seed=3))
ARMS = ["pretrained, frozen", "pretrained, fine-tuned", "scratch", "random, frozen"]


def watched(model, few, held_out, lr, seed):
    """Train for 60 updates, and look every six of them. Returns a learning curve."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.0)
    curve = {"step": [], "train": [], "val": [], "metric": "accuracy"}
    for step in range(0, 61, 6):
        if step:
            train(model, few, steps=6, optimizer=optimizer, seed=1000 * seed + step, progress=False)
        curve["step"].append(step)
        curve["train"].append(accuracy(model, few))
        curve["val"].append(accuracy(model, held_out))
    return curve


def run_arm(arm, seed):
    """The curve of one of the four ways; the seed decides photos, random weights and the order of the photos."""
    few = card.normalise(leaves("target", 5, seed=10 + seed))
    torch.manual_seed(seed)
    model = from_pretrained("leaves-resnet")[0] if arm.startswith("pretrained") else tiny_resnet(6)
    if not arm.endswith("frozen"):
        model.classifier = nn.Sequential(nn.Flatten(), nn.Linear(64, 6))
        return watched(model, few, test, 0.001, seed)
    if arm.startswith("random"):  # its batch norms see the photos once, so that the control has a fair chance
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = None
        with torch.no_grad():
            model.train()(few.images)
    model.classifier = nn.Flatten()
    x, z = predict(model, few.images), predict(model, test.images)
    mean, std = x.mean(0), x.std(0) + 1e-6
    return watched(nn.Linear(64, 6), ((x - mean) / std, few.labels), ((z - mean) / std, test.labels), 0.01, seed)


curves = {arm: [] for arm in ARMS}
for seed in progress(range(10), desc="ten seeds"):
    for arm in ARMS:
        curves[arm].append(run_arm(arm, seed))
figure, axes = plt.subplots(figsize=(7, 3.5), layout="constrained")
axes.axhline(1 / 6, color="grey", linestyle=":", label="chance")
axes.set(title="Five labels per class: mean and deviation of ten seeds", xlabel="updates", ylabel="test accuracy")
for i, (arm, runs) in enumerate(curves.items()):
    value = torch.tensor([curve["val"] for curve in runs])
    places = [step + 0.3 * i for step in runs[0]["step"]]  # side by side, so that the bars can be told apart
    axes.errorbar(places, value.mean(0), value.std(0), label=arm, marker="osv+"[i], capsize=2)
    start, end = value[:, 0], value[:, -1]
    print(
        f"{arm:24} start {start.mean():.2f} ± {start.std():.2f}   after 60 updates {end.mean():.2f} ± {end.std():.2f}"
    )
axes.legend(frameon=False, ncols=3, fontsize=8)
plt.show()

# %% [markdown]
# <details><summary>What to compare</summary>
#
# Both pretrained ways end far above scratch, and the control ends far below the frozen body with pretrained weights. None starts
# higher: before the first update the new head is random, whatever is below it.
#
# </details>
#
# The same with 150 updates and rates that were tuned for each way, over ten other seeds (`docs/effects.md` of the project): with 5 labels
# per class fine-tuning beats scratch by 21 points (95 % interval 17 to 26), with 100 labels by 13 (10 to 15). The frozen
# body with random weights is 32 to 38 points behind the pretrained one, with 5, 25 and 100 labels alike. So it is the pre-training. And no
# technique is best everywhere: with 5 labels the frozen body leads fine-tuning by 9 points (5 to 14), with 100 it is 5 behind (3 to 6).
# The more labels, the smaller the gain. Whether scratch would catch up with still more of them was not tried here.
#
# That gives us something to define. Torrey & Shavlik (2009) name three things that transfer may bring: a **higher start**, a
# **faster rise**, and a **higher end**.

# %% [markdown]
# ## What was it worth? · `transfer_benefit`
#
# **A real failure.** Somebody compares the last points of two training curves, sees 1.00 and 1.00, and reports that pre-training
# brings nothing. Both networks have learned their thirty photos by heart. The photos that they have not seen tell another story.
#
# A **curve** is a dict. `step` lists the numbers of updates at which one looked, beginning with 0 and not evenly spaced; `train` and
# `val` are the values at these looks; `metric` is `"accuracy"` (higher is better) or `"loss"` (lower is better).
#
# **By hand:** validation accuracies 0.2, 0.5, 0.6 at the steps 0, 10, 30 with transfer, and 0.1, 0.3, 0.5 at the steps 0, 20, 60
# without. Threshold 0.5, tail 2. The start is 0.2 - 0.1 = 0.1 higher. With transfer 0.5 is reached at step 10, without at 60: 50
# steps saved. The levels at the end are 0.55 and 0.4: a gain of 0.15.
#
# **Write** `transfer_benefit(with_t, without_t, threshold, tail=5)` for two curves of the same metric, which may have different steps
# and lengths. Only the `val` values count. It returns a dict with three numbers, each **positive where transfer is better**,
# also for a loss:
#
# - `jumpstart`: the difference of the two values at step 0, before the first update.
# - `speedup_steps`: how many steps earlier `with_t` reaches the threshold. A run reaches it at the first look whose value is equal
#   to the threshold or better (above it for an accuracy, below it for a loss), whatever comes later. It is `None` if one
#   of the two never reaches it, and negative if transfer is slower.
# - `asymptote_gain`: the difference of the two levels at the end. The level is the mean of the last `tail` values, or of all values
#   if there are fewer.


# %% question="transfer_benefit" minutes=8 difficulty=1 objectives="O1"

# %% check="transfer_benefit"
check("transfer_benefit")

# %% [markdown] hints="transfer_benefit"
# <details><summary>Hint 1: a nudge</summary>
#
# A loss that falls is an accuracy that rises, but for a sign. What if you multiply all values *and the threshold* of a loss by -1?
#
# <details><summary>Hint 2: the first look</summary>
#
# Go through `zip(curve["step"], curve["val"])` and return the step at once when the value has reached the threshold. If the loop comes to
# its end, return `None`.
#
# <details><summary>Hint 3: the end</summary>
#
# `values[-tail:]` are the last `tail` values, and all of them if there are fewer. Divide their sum by *their* number.
#
# <details><summary>Hint 4: nearly there</summary>
#
# `jumpstart` is `sign * (with_t["val"][0] - without_t["val"][0])`, `asymptote_gain` the same with the levels. `speedup_steps` is the step
# without minus the step with transfer, if neither is `None`.
#
# </details></details></details></details>
# %% [markdown]
# **Now on the ten seeds above**, fine-tuned against scratch, with the threshold 0.25. The control: scratch of one seed
# against scratch of the next, where nothing was transferred. Predict: which of the three numbers is far from 0, and for which of them is
# that so in the control?

# %%
tuned, scratch = curves["pretrained, fine-tuned"], curves["scratch"]
pairs = {
    "fine-tuned against scratch": zip(tuned, scratch, strict=True),
    "scratch against scratch": zip(scratch, scratch[1:] + scratch[:1], strict=True),
}
for name, compared in pairs.items():
    found = [transfer_benefit(ours, theirs, 0.25) for ours, theirs in compared]
    if all(isinstance(one, dict) for one in found):
        saved = [float(one["speedup_steps"]) for one in found if one["speedup_steps"] is not None]
        print(f"{name}: both reach 0.25 in {len(saved)} of {len(found)} seeds, steps saved {sorted(saved)}")
        for key in ("jumpstart", "asymptote_gain"):
            numbers = torch.tensor([float(one[key]) for one in found])
            print(f"  {key:15} {numbers.mean():+.2f} ± {numbers.std():.2f}")

# %% [markdown]
# <details><summary>What you just saw</summary>
#
# The gain at the end is several deviations from 0; the jumpstart is not. For the control both are near 0, and the steps saved have
# both signs. In some seeds one run never reaches 0.25 in 60 updates: then the number of steps saved is unknown, and not 0. A mean
# over the seeds in which both arrive would leave out the worst runs, so say how many did not arrive.
#
# </details>

# %% [markdown]
# ## What is possible at all? · `choose_technique`
#
# "Which technique is best?" has no answer in general, and the workshop's own slides contradict each other on domains that are far apart
# (fine-tune everything; no, extract features). But some techniques are **impossible** in a given situation, and that can be worked
# out. Four techniques, in the words of this notebook:
#
# | name | what learns | what it needs | what is stored for each customer |
# |---|---|---|---|
# | `"feature_extraction"` | a head | labels of the target | the head |
# | `"full_fine_tuning"` | all parameters of the base, and a head | labels of the target | a changed base and a head |
# | `"lora"` | adapters beside the frozen base, and a head | labels of the target | the adapters and the head |
# | `"domain_adaptation"` | all parameters of the base, and a head | source data, the same classes in source and target, unlabelled photos of the target; no labels of the target | a changed base and a head |
#
# **By hand:** a base with 100 million parameters, adapters with 1 million, a head with 0.1 million. The weights alone take 4 bytes each,
# 0.4 GB. Full fine-tuning with Adam takes 16 bytes for each parameter: weight, gradient and two moments, 1.6 GB in all. LoRA takes
# 0.4 GB for the base that stands still and 16 bytes for 1.1 million parameters: 0.418 GB. On a card with 1 GB full
# fine-tuning is impossible, and LoRA is not.
#
# **Write** `choose_technique(s)`. `s` is a dict, see below. Return the **set of all techniques that nothing rules out**, by the names of the table; the
# empty set if nothing is left.
#
# - Data: what the table says. `target_labels` and `target_unlabelled` are numbers of examples, of which one is enough;
#   `source_data` and `same_classes` are true or false.
# - Access: with `access == "embeddings"` the base is behind an API that returns embeddings. Then only feature extraction can be left: it
#   needs labels as always, and neither memory nor disk rules it out. Otherwise `access` is `"weights"`.
# - Memory for training: 4 bytes for each parameter that stands still, 16 for each that learns. It must be at most `memory_gb`. Activations
#   are left out. 1 GB is 10⁹ bytes.
# - Disk: 4 bytes for each parameter that is stored. For each of `customers` customers what the table says; where the base stays as it
#   is, one copy of it for all customers comes on top. It must be at most `disk_gb`.
# - With `one_copy` true there is one copy of the base, which must give its old answers bit for bit whenever asked: nothing that changes the
#   base is possible.
# - `parameters` is the number of parameters of the base, `adapter_parameters` that of the adapters, `head_parameters` that of the
#   head. What else `s` says (`architecture`, `domain_gap`) rules nothing out: adapters work beside any layer with a weight.


# %% question="choose_technique" minutes=10 difficulty=2 objectives="O2"

# %% check="choose_technique"
check("choose_technique")

# %% [markdown] hints="choose_technique"
# <details><summary>Hint 1: a nudge</summary>
#
# Begin with all four, and ask for each of them on its own: has it the data it needs, the access, the memory, the disk, and may it change
# the base? The answer for one never depends on the others.
#
# <details><summary>Hint 2: how many parameters learn</summary>
#
# The head alone; adapters and head; base and head; base and head. The same number, times 4 bytes, is what each customer has on the
# disk.
#
# <details><summary>Hint 3: where the base counts</summary>
#
# If the base stands still, it takes 4 bytes for each parameter in memory and once on the disk, beside what learns. If it learns, it is
# in the number of parameters that learn.
#
# <details><summary>Hint 4: nearly there</summary>
#
# For each name and number `count` that learns: `changes = name in ("full_fine_tuning", "domain_adaptation")`. Memory is `16 * count`,
# plus `4 * parameters` unless `changes`. Disk is `customers * 4 * count`, plus `4 * parameters` unless `changes`. Ask for access first: with
# embeddings only the data and the name matter.
#
# </details></details></details></details>
# %% [markdown]
# **What you just saw:** constraints cut the choice down before any accuracy is measured. One model (BERT of the base size, 110 million
# parameters) in five places. Predict the third line: a hospital that may not hand out labels, and keeps the photos of the source.

# %%
base = {
    "access": "weights",
    "target_labels": 500,
    "target_unlabelled": 5000,
    "source_data": True,
    "same_classes": True,
    "parameters": 110_000_000,
    "adapter_parameters": 885_000,
    "head_parameters": 1_538,
    "memory_gb": 16,
    "disk_gb": 100,
    "customers": 1,
    "one_copy": False,
    "architecture": "BERT",
    "domain_gap": "near",
}
places = {
    "a large card": {},
    "a card with 1 GB": {"memory_gb": 1},
    "no labels": {"target_labels": 0},
    "an API": {"access": "embeddings"},
    "300 customers": {"customers": 300},
}
for place, differs in places.items():
    print(f"{place:18} {sorted(choose_technique({**base, **differs}) or ['none'])}")

# %% [markdown]
# <details><summary>Answer</summary>
#
# Domain adaptation alone: it takes its labels from the source. Notebook 08 does it. The 300 customers rule out what stores a changed base for
# each: 132 GB.
#
# </details>

# %% [markdown]
# ## How much learns? · `count_trainable`
#
# The workshop's handout fine-tunes a language model with LoRA and prints **886,274** trainable parameters, and 1,538 for the head alone. Its
# conclusion calls LoRA the one with fewer trainable parameters. Fewer than what?
#
# **By hand:** the head maps 768 features to 2 classes: 768 * 2 weights and 2 biases are 1,538. LoRA with rank 16 puts two factors
# beside a 768 x 768 matrix, one of 16 x 768 and one of 768 x 16: 16 * (768 + 768) = 24,576 numbers. With 36 such matrices
# and the head these are 36 * 24,576 + 1,538 = 886,274. So: far fewer than the 110 million of full fine-tuning, and 576 times as many as the
# head alone.
#
# **Write** `count_trainable(spec)`. `spec["layers"]` lists the layers of the body as dicts:
#
# | `kind` | sizes | what it has |
# |---|---|---|
# | `"linear"` | `n_in`, `n_out`, `bias` | a weight, and `n_out` biases if `bias` is true |
# | `"conv"` | `n_in`, `n_out`, `kernel` (height and width), `bias` | a weight for each pair of channels and place in the kernel, and biases likewise |
# | `"batch_norm"` | `width` | scale and shift of that width, and running statistics, which no optimizer moves |
# | `"layer_norm"` | `width` | scale and shift of that width |
# | `"embedding"` | `n_words`, `width` | a vector for each word |
#
# - Some linear layers have a `weight_of`, the name of a layer whose weight they use as their own. A shared weight counts once; biases are
#   never shared.
# - `spec["head"]` is a linear layer (`n_in`, `n_out`, `bias`) on top. It is not among the layers.
# - `spec["lora"]` has `targets`, the names of the linear layers that get adapters, the rank `r`, and `alpha`, which only scales.
#   Adapters have no bias. What is beside them stands still.
# - Return a dict with the numbers of parameters that learn: `"feature_extraction"` (the head), `"full_ft"` (all layers and the
#   head) and `"lora"` (all adapters and the head).


# %% question="count_trainable" minutes=8 difficulty=1 objectives="O2"

# %% check="count_trainable"
check("count_trainable")

# %% [markdown] hints="count_trainable"
# <details><summary>Hint 1: a nudge</summary>
#
# Build a layer of each kind and look: `[p.shape for p in nn.Conv2d(3, 8, (3, 5)).parameters()]`.
#
# <details><summary>Hint 2: the layers</summary>
#
# A convolution has `n_in * n_out * height * width` weights. A norm has twice its width. A linear layer with a `weight_of` adds its biases only.
#
# <details><summary>Hint 3: nearly there</summary>
#
# For LoRA: `r * (n_in + n_out)` for each layer whose name is in the targets, summed up, and then the head.
#
# </details></details></details>
# %% [markdown]
# **For real:** a BERT of `transformers`, small, described layer by layer, and counted by torch beside your count. Put
# `AutoModel.from_pretrained("bert-base-uncased")` in the place of `tiny_bert(195).bert` and the rest stays as it is.

# %%
body = tiny_bert(195).bert
kinds = {nn.Linear: "linear", nn.LayerNorm: "layer_norm", nn.Embedding: "embedding"}
spec = {"layers": [], "head": {"n_in": body.config.hidden_size, "n_out": 2, "bias": True}}
for name, module in body.named_modules():
    if type(module) in kinds:
        one = {"name": name, "kind": kinds[type(module)], "width": module.weight.shape[-1], "bias": True}
        if isinstance(module, nn.Linear):
            one |= {"n_in": module.in_features, "n_out": module.out_features}
        elif isinstance(module, nn.Embedding):
            one |= {"n_words": module.num_embeddings}
        spec["layers"].append(one)
attention = [one["name"] for one in spec["layers"] if one["name"].split(".")[-1] in ("query", "key", "value")]
for r in (1, 4, 16):
    print(f"rank {r:2}:", count_trainable({**spec, "lora": {"targets": attention, "r": r, "alpha": 16}}))
print("torch counts", sum(p.numel() for p in body.parameters()), "in the body")

# %% [markdown]
# ## In which order? · `order_steps`
#
# Most bugs of transfer learning are steps in the wrong order, and none of these raises an error: statistics that have seen the test
# photos, a new head that is frozen a line later, an optimizer that holds the old head. Fourteen steps, and what each of them does:
#
# | step | what happens |
# |---|---|
# | `split` | photos are divided into training, validation and test |
# | `fit_statistics` | the mean and deviation for normalising are found |
# | `normalise` | all photos are normalised with these |
# | `build_model` | the model is made, with random weights and the head of the source |
# | `load_weights` | a checkpoint is loaded into it. All names and shapes must fit, those of the head as well |
# | `freeze` | **everything** that is in the model at this moment is frozen |
# | `swap_head` | the head is replaced by a new one for the classes of the target, which can learn |
# | `add_lora` | layers of the body are wrapped: they get adapters, which can learn, and other names |
# | `make_optimizer` | an optimizer is made for the parameters that are in the model at this moment |
# | `train` | the model is trained |
# | `choose_best` | the best epoch is chosen on validation, and the model gets the state of that epoch, adapters apart from the base |
# | `merge_lora` | adapters are added to the base and are gone |
# | `save` | the file that will be used is written |
# | `test` | the test photos are looked at, once |
#
# **By hand:** `freeze`, `swap_head`, `make_optimizer` in this order: the new head can learn, and the optimizer holds it. With `swap_head`
# before `freeze` nothing can learn. With `make_optimizer` first the optimizer holds the old head.
#
# **Write** `order_steps(steps, ctx)`. `steps` are some of the fourteen, in any order; return a list of just these, in an order that works.
# There are many; any of them is right. One step has to come before another (if both are among `steps`) in these cases:
#
# - All from `split` to `make_optimizer` in the table come before `train`. `choose_best`, `merge_lora` and `save` come after it. `test` is the
#   last of all.
# - `split` before `fit_statistics` if `ctx["statistics"]` is `"training photos"`, so that no test photo is in them. If it is `"card"`,
#   the numbers are read from the card of the checkpoint, and the two have nothing to do with each other. `fit_statistics` comes before `normalise`.
# - `build_model` before whatever is done with the model.
# - `load_weights` and `swap_head`: the checkpoint has the source's head if `ctx["checkpoint"]` is `"source head"`, and the target's, from
#   an earlier run of yours, if it is `"target head"`. The model must have the same head at that moment.
# - `load_weights` before `add_lora`: the checkpoint does not know the other names.
# - `freeze` before whatever brings something that is to learn.
# - `make_optimizer` after whatever brings something that is to learn.
# - `choose_best` before `merge_lora` and before `save`.
# - `save` and `merge_lora`: if `ctx["saves"]` is `"adapter"`, the adapters alone are written, so they must still be there. If it is
#   `"whole model"`, it is written for people without code for adapters, so they must be gone.


# %% question="order_steps" minutes=10 difficulty=2 objectives="O1,O2"

# %% check="order_steps"
check("order_steps")

# %% [markdown] hints="order_steps"
# <details><summary>Hint 1: a nudge</summary>
#
# Write down pairs `(first, then)`, as many as the list above says. Three of them depend on `ctx`.
#
# <details><summary>Hint 2: from pairs to an order</summary>
#
# Take any step for which no other step *that is left* has to come first. Remove it, and go on until nothing is left.
# `graphlib.TopologicalSorter` of the standard library does the same.
#
# <details><summary>Hint 3: or without pairs</summary>
#
# One fixed order of all fourteen will do, if two places of it depend on `ctx`: sort `steps` by their place in it.
#
# <details><summary>Hint 4: nearly there</summary>
#
# A fixed order: split, fit_statistics, normalise, build_model, then freeze, then load_weights and swap_head (which of them first is
# decided by `ctx`), add_lora, make_optimizer, train, choose_best, then save and merge_lora (decided by `ctx`), test. Then
# `sorted(steps, key=order.index)`.
#
# </details></details></details></details>
# %% [markdown]
# **What you just saw** is a partial order: it says what must come first, and leaves the rest to you. Does a broken pair do harm? One of them, run for
# real: the optimizer is made before or after the head is swapped. Predict the two accuracies on the training photos after 40 updates (chance is 0.17).

# %%
few = card.normalise(leaves("target", 5, seed=10))
for early in (False, True):
    torch.manual_seed(0)
    model = from_pretrained("leaves-resnet")[0].requires_grad_(False)
    old = torch.optim.SGD(model.classifier.parameters(), lr=0.1)
    model.classifier = nn.Sequential(nn.Flatten(), nn.Linear(64, 6))
    optimizer = old if early else torch.optim.SGD(model.classifier.parameters(), lr=0.1)
    train(model, few, steps=40, optimizer=optimizer, mode=False, progress=False)
    print("optimizer", "before" if early else "after", f"the swap: {accuracy(model, few):.2f}")

# %% [markdown]
# <details><summary>Answer</summary>
#
# After the swap, most photos are right. Before the swap, the new head has not moved, and no error was raised: the optimizer stepped on the old
# head, which nobody uses.
#
# </details>

# %% [markdown]
# ## What do a few steps change? · `what_changes`
#
# You have loaded a model, frozen some of it and trained for three steps. Which tensors of its `state_dict` have changed? Whoever can
# answer that can find most bugs of the notebooks to come. First **predict, commit, run**: four set-ups of real models. Put the keys
# that you think will change in the place of the three dots, as texts with commas between them; patterns such as `"backbone.*"` will do.
# Your prediction is kept as a salted hash, and the cell after it shows nothing until there is one. This part is not graded.


# %%
def stepped(model, x, y, parameters, steps=3, training=True):
    """A run: all keys of the state dict, and those that some steps of SGD change."""
    before = {key: value.clone() for key, value in model.state_dict().items()}
    optimizer = torch.optim.SGD(parameters, lr=0.1)
    for _ in range(steps):
        model.train(training)
        out = model(x)
        optimizer.zero_grad()
        F.cross_entropy(getattr(out, "logits", out).flatten(0, -2), y).backward()
        optimizer.step()
    return list(before), changed_keys(before, model.state_dict())


class LoRA(nn.Module):
    """A linear layer that stands still, and two factors beside it; B is zero at first."""

    def __init__(self, width):
        super().__init__()
        self.base = nn.Linear(width, width).requires_grad_(False)
        self.A = nn.Parameter(torch.randn(2, width))
        self.B = nn.Parameter(torch.zeros(width, 2))

    def forward(self, x):
        return self.base(x) + x @ self.A.T @ self.B.T


torch.manual_seed(0)
photos, classes = torch.randn(8, 3, 8, 8), torch.arange(8) % 4
words = torch.randint(3, 20, (4, 6))
frozen, in_eval = TinyNet(n_classes=4), TinyNet(n_classes=4)
frozen.backbone.requires_grad_(False)
tied = tiny_llama(20, depth=1)  # its head `lm_head` shares its weight with `model.embed_tokens`
adapted = nn.Sequential(nn.Flatten(), LoRA(192), nn.Linear(192, 4))
print("TinyNet:", ", ".join(frozen.state_dict()))
print("Llama:", ", ".join(key for key in tied.state_dict() if "layers" not in key), "and the layers between")
print("LoRA:", ", ".join(adapted.state_dict()))

# %%
first = Prediction("TinyNet, backbone frozen, train mode, SGD over all parameters")
first.commit(...)
second = Prediction("TinyNet, nothing frozen, eval mode, SGD over all parameters")
second.commit(...)
third = Prediction("Llama, SGD over `lm_head` alone")
third.commit(...)
fourth = Prediction("LoRA, ONE step of SGD over all parameters")
fourth.commit(...)

# %%
first.reveal(lambda: stepped(frozen, photos, classes, frozen.parameters()))
second.reveal(lambda: stepped(in_eval, photos, classes, in_eval.parameters(), training=False))
third.reveal(lambda: stepped(tied, words, words.flatten(), tied.lm_head.parameters()))
fourth.reveal(lambda: stepped(adapted, photos, classes, adapted.parameters(), steps=1))

# %% [markdown]
# <details><summary>What happens in the four runs, once you have seen them</summary>
#
# 1. The head moves, and so do three buffers of each batch norm: running mean, running variance, and the number of batches. To freeze
#    parameters does not stop buffers.
# 2. All parameters move and no buffer does. Eval mode is no freezing.
# 3. Both `lm_head.weight` and `model.embed_tokens.weight` change: two keys, one tensor.
# 4. B and the head change, A does not: its gradient is multiplied by B, which is still zero.
#
# </details>
#
# Now the rule. **Write** `what_changes(setup)`, which reads a description. `setup["keys"]` are all keys of the state dict, such as
# `"stem.norm.running_mean"`: the name of a layer, a dot, the name of a tensor. `setup["layers"]` is a list of dicts:
#
# - `name` and `kind`: `"linear"`, `"conv"`, `"embedding"`, `"batch_norm"` or `"layer_norm"`. Parameters are called `weight` and `bias`; a batch
#   norm has the buffers `running_mean`, `running_var` and `num_batches_tracked` as well.
# - `mode`: whether the layer is in `"train"` or in `"eval"` mode during the steps.
# - `frozen`: whether its `weight` and `bias` have `requires_grad` off.
# - `lora`: whether the layer is wrapped. Then its `weight` and `bias` stand still, and it has two factors `lora_A` (random at the start) and
#   `lora_B` (zero at the start), which can always learn.
# - `weight_of`: the name of the layer whose weight this one uses as its own, or `None`. The shared weight is one tensor with a key in each of the
#   layers. Whether it may learn, its owner's `frozen` says.
#
# `setup["optimizer"]` lists the names of the layers whose parameters an SGD without momentum and decay holds, factors and shared weights
# included. `setup["steps"]` is the number of steps, 1 to 3. Every layer takes part in every forward pass, and every parameter that can
# learn has a gradient other than zero, unless it is one of those that you have just met.
#
# **Return** a set of the keys that change and of no others, as they are or as patterns such as `"body.*"`. What matches no key does not
# count.


# %% question="what_changes" minutes=12 difficulty=2 objectives="O2,O5"

# %% check="what_changes"
check("what_changes")

# %% [markdown] hints="what_changes"
# <details><summary>Hint 1: a nudge</summary>
#
# There are two ways for a tensor to change: a layer writes into its buffers in the forward pass, or an optimizer moves a parameter. They have
# nothing to do with each other.
#
# <details><summary>Hint 2: parameters</summary>
#
# A parameter moves if it can learn and the optimizer holds it. The mode does not matter. The base of a wrapped layer cannot learn; its
# factors can.
#
# <details><summary>Hint 3: shared weights and A</summary>
#
# For the key of a shared weight, ask the owner whether it is frozen, and ask for *each* layer that uses the weight whether the optimizer holds it.
# `lora_A` waits until `lora_B` is no longer zero: it moves from the second step on.
#
# <details><summary>Hint 4: nearly there</summary>
#
# For each key: `name, _, tensor = key.rpartition(".")`. Buffers: `mode == "train"`. `lora_B`: held. `lora_A`: held and more than one step. Others: held,
# owner not frozen, not `lora`. The owner is the layer itself unless the tensor is a weight with a `weight_of`.
#
# </details></details></details></details>
# %% [markdown]
# **A second case**, to see what you have learned: predict again, commit, run. The backbone is frozen, the model is in train mode, and
# the optimizer holds the *backbone* only, by mistake.

# %%
last = Prediction("TinyNet, backbone frozen, train mode, SGD over the backbone")
last.commit(...)

# %%
mistaken = TinyNet(n_classes=4, layout="head")
mistaken.backbone.requires_grad_(False)
last.reveal(lambda: stepped(mistaken, photos, classes, mistaken.backbone.parameters()))

# %% [markdown]
# ## What to take along
#
# - Transfer is worth what a comparison shows: the same training without it, a control with random weights, and several seeds.
# - What is possible comes before what is best: data, access, memory, disk, and what must stay as it is.
# - LoRA trains far fewer numbers than full fine-tuning, and many more than a head.
# - Statistics after the split, freezing before what is new, the optimizer after it, the test at the end.
# - Freezing stops parameters, eval mode stops buffers, and neither does the work of the other.
#
# **Bonus.** Commit to a prediction for `tiny_resnet(6)` with `model.resnet.requires_grad_(False)`. Draw the curves with 25 labels per class
# instead of 5: what becomes of the three numbers? Find a situation in which `choose_technique` leaves nothing, and the cheapest
# change that leaves something.
#
# **To read:** Torrey & Shavlik 2009, "Transfer learning" (the three promises); Pan & Yang 2010, "A survey on transfer learning" (the definitions);
# Yosinski et al. 2014 (arXiv 1411.1792), "How transferable are features in deep neural networks?"; Hu et al. 2021 (arXiv 2106.09685), LoRA.
