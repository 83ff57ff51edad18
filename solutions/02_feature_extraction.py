# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Feature extraction in vision
#
# Somebody trained a network on 20,000 photos of diseased leaves of **crop A**. You have **crop B**, other diseases, and a few dozen labelled
# photos from the field. That is too few to learn to see from, but perhaps enough to tell apart what the network already sees. This is feature
# extraction: keep the **backbone** as it is, and train only a new **head**.
#
# (The photos are simulated: drawn by a program, 32 x 32 pixels. That keeps every run short, and the same on every computer.)
#
# When you are done you can
#
# - freeze a backbone, and say what "frozen" does not cover,
# - give an image model a head for your own classes,
# - turn pictures into features once, and train a **linear probe** on them in a fraction of a second,
# - prepare data so that the test accuracy is true.
#
# {{Questions}} questions, {{minutes}} minutes with reading, plus {{by hand}} for a written question. Below each of the {{questions}} there is a check to run as often as you
# like, and hints that unfold one after the other. Write your code below `# YOUR CODE HERE` and delete the line that begins with `raise`. If you are stuck, the box "Stuck? Go on all the same" says how to continue without that question.

# %%
import time
from dataclasses import dataclass

import matplotlib.pyplot as plt
import torch
from torch import Tensor, nn
from transformers import RegNetConfig, RegNetForImageClassification

from tlcore import plots
from tlcore.check import check
from tlcore.data import leaves
from tlcore.loading import from_pretrained
from tlcore.models import TinyNet, tiny_resnet
from tlcore.plots import draw
from tlcore.progress import progress
from tlcore.training import accuracy, linear_probe, train

torch.set_num_threads(1)  # small models are quickest on one core

# %% [markdown]
# The photos. The *pattern* on the leaf is the disease; its colour means nothing. `groups` says which plant a photo shows. You need it in
# question {{prepare}}.

# %%
crop_a, crop_b = leaves("source", 3, seed=1), leaves("target", 3, seed=1)
for title, crop in (("Crop A, in the lab", crop_a), ("Crop B, in the field", crop_b)):
    few = crop.images[:4].permute(0, 2, 3, 1)
    draw(plots.images(title, few, [crop.names[label] for label in crop.labels[:4]]))

# %% [markdown]
# And the pretrained network: a small ResNet of the `transformers` library, with a **card** that says what it was trained on.

# %%
resnet, card = from_pretrained("leaves-resnet")
print(f"accuracy there: {card.scores['accuracy']:.2f}, classes: {', '.join(card.names)}")
for part, name in ((resnet.resnet, "backbone"), (resnet.classifier, "head")):
    print(f"parameters in the {name}: {sum(p.numel() for p in part.parameters()):,}")

# %% [markdown]
# ## Freeze · `freeze`
#
# With 60 photos, a network of 80,000 parameters can learn every photo by heart, and forget what it knew. So the parameters of the backbone must not
# change.
#
# **A tiny example.** Two weights, `a = 2` (to be frozen) and `b = 3`; the loss is `a * b`; one step of gradient descent with learning rate 0.1. The
# gradient of `b` is `a = 2`, so `b` becomes `3 - 0.1 * 2 = 2.8`; `a` stays 2:

# %%
a, b = nn.Parameter(torch.tensor(2.0), requires_grad=False), nn.Parameter(torch.tensor(3.0))
(a * b).backward()
torch.optim.SGD([a, b], lr=0.1).step()
print(f"a = {a.item():.1f}, b = {b.item():.1f}; the gradient of b is {b.grad}, that of a is {a.grad}")

# %% [markdown]
# Note the last word. A frozen parameter has **no** gradient, not a gradient of zero. The optimizer skips it, even if it was passed to the optimizer.
#
# **Write `freeze(module)`**, so that no parameter of `module` learns any more:
#
# - however deep inside `module` it lies, and whatever it is called;
# - whatever the optimizer: not even AdamW's weight decay may move it;
# - in place: the parameters stay the very objects they are (another layer may share one of them, and it is then frozen there too);
# - everything outside of `module` learns as before, **also what lies before it**: gradients still flow through. And a layer that is put into `module`
#   later can learn;
# - the module can be copied, saved and unfrozen as before.
#
# Return `module`: cells further down write `replace_head(freeze(model), 6)`.


# %% question="freeze" minutes=10 difficulty=1 objectives="O2,O3V"
def freeze(module):
    """Stop every parameter of `module` from learning, in place. Returns `module`."""
    # 1. go through every parameter that is inside the module, however deep
    # 2. tell each that it needs no gradient
    ### BEGIN SOLUTION
    for parameter in module.parameters():
        parameter.requires_grad_(False)
    return module
    ### END SOLUTION


# %% check="freeze"
check("freeze")

# %% [markdown] hints="freeze"
# <details><summary>Hint 1: a nudge</summary>
#
# What does the optimizer hold: the module, or the tensors inside it? Print `type(module)` and `type(next(module.parameters()))`: which of them has a
# `requires_grad` that autograd reads?
#
# <details><summary>Hint 2: where they are</summary>
#
# Layers sit inside layers. `module.children()` goes one level down only; `module.parameters()` goes all the way, and so does `module.named_parameters()`.
#
# <details><summary>Hint 3: the switch</summary>
#
# The switch is an attribute of each parameter, `p.requires_grad`. Python lets you set any attribute on any object, so a misspelt one (`required_grad`) raises no error and does
# nothing. The method `p.requires_grad_(False)` cannot be misspelt in silence.
#
# <details><summary>Hint 4: nearly there</summary>
#
# A loop of one line over `module.parameters()`, with the method of hint 3 in it, and `return module`.
#
# </details></details></details></details>

# %% [markdown]
# <details><summary>Common mistakes</summary>
#
# - `module.requires_grad = False`: an attribute of a module that nobody reads.
# - Only parameters whose name ends with `weight`: biases, and the scale and shift of norms, go on learning.
# - `torch.no_grad()` around the forward pass: then nothing before the module can learn either.
# - Setting gradients to zero: weight decay and momentum move a parameter whose gradient is zero.
# - Replacing a parameter by a new one: whoever shared the old one still trains it.
# - No `return module`: the cells below get `None`.
#
# </details>
#
# <details><summary>Stuck? Go on all the same</summary>
#
# Make a new cell below your answer and run `from tlcore.stand_ins import freeze`. It is good enough for the cells below, but it does
# not answer the question: it freezes convolutions and norms only. Your own answer keeps its points.
#
# </details>

# %% [markdown]
# **Now the ResNet.** Three steps of training on six photos of crop B, once as it comes and once with a frozen backbone.
#
# <details><summary>Predict first: which bars will be zero?</summary>
#
# With the frozen backbone, all but the classifier. Without freezing, none. If freezing did nothing, both colours would look alike.
#
# </details>


# %%
def what_moves(model, data):
    """How far each stage of the network moves in three steps of training."""
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    train(model, data, steps=3, lr=0.01, progress=False)
    stages = {"embedder": 0.0, "stages.0": 0.0, "stages.1": 0.0, "stages.2": 0.0, "classifier": 0.0}
    for stage in stages:
        stages[stage] = sum(
            float((p.detach() - before[name]).norm()) for name, p in model.named_parameters() if stage in name
        )
    return stages


few = card.normalise(leaves("target", 1))
free, _ = from_pretrained("leaves-resnet")
held, _ = from_pretrained("leaves-resnet")
freeze(held.resnet)
_, axes = plt.subplots(figsize=(6.5, 3))
for shift, (title, model) in zip((-0.2, 0.2), (("nothing frozen", free), ("backbone frozen", held)), strict=True):
    moved = what_moves(model, few)
    print(f"{title:>15}:", ", ".join(f"{stage} {distance:.2f}" for stage, distance in moved.items()))
    axes.bar([place + shift for place in range(len(moved))], list(moved.values()), width=0.4, label=title)
axes.set_xticks(range(len(moved)), list(moved))
axes.set_ylabel("distance moved in 3 steps")
axes.legend()
plt.show()

# %% [markdown]
# With a frozen backbone only the head moves; the other stages are at exactly zero. But is *everything* in the backbone as it was? Buffers are tensors of a model that are no parameters.

# %%
original, _ = from_pretrained("leaves-resnet")
changed = [
    name for (name, now), was in zip(held.named_buffers(), original.buffers(), strict=True) if not torch.equal(now, was)
]
print(f"{len(changed)} buffers of the frozen backbone changed all the same, for instance", *changed[:1])

# %% [markdown]
# Every batch norm has three: a running mean, a running variance, and a counter of batches. Question {{frozen_backbone}} is about them.

# %% [markdown]
# ## A head for your own classes · `replace_head`
#
# The pretrained head knows ten diseases of crop A. You have other classes, and another number of them. You want the network's **features**, not its predictions.
#
# Model families keep their last layer in different places. Three are common. `TinyNet` is a small network of this course that can be built in each of the three ways:

# %%
for layout in ("fc", "classifier", "head"):
    model = TinyNet(n_classes=10, layout=layout)
    print(f"--- {layout}")
    for name, part in model.named_children():
        if name != "backbone":
            print(f"{name}: {part}")

# %% [markdown]
# **Count once by hand:** a linear layer from 32 features to 10 classes holds `32 * 10 + 10 = 330` numbers. With 4 classes: `32 * 4 + 4 = 132`.
#
# **Write `replace_head(model, n_classes)`**, which puts a new `nn.Linear` (with a bias) in place of the model's last linear layer:
#
# - the last layer is `model.fc`, or `model.head`, or the last one of the `nn.Sequential` that is called `model.classifier`; the model has exactly one of the three;
# - the new layer takes as many inputs as the old one took, however many these are, and has `n_classes` outputs;
# - everything else stays: the backbone with its weights, and what else lies in the classifier, such as a dropout;
# - the new layer can learn, even if everything in the model was frozen before. What else was frozen stays frozen, what was trainable stays trainable.
#
# Work in place and return the model; or return a new model made of the old one's parts.


# %% question="replace_head" minutes=10 difficulty=1 objectives="O2,O3V"
def replace_head(model, n_classes):
    """Put a new linear layer with `n_classes` outputs in place of the last one. Returns the model."""
    # 1. find the old layer: model.fc, model.head, or the last one of model.classifier
    # 2. make a new one that takes what the old one took
    # 3. put it where the old one was, and nothing else
    ### BEGIN SOLUTION
    if hasattr(model, "classifier"):
        old = model.classifier[-1]
        model.classifier[-1] = nn.Linear(old.in_features, n_classes)
    elif hasattr(model, "fc"):
        model.fc = nn.Linear(model.fc.in_features, n_classes)
    else:
        model.head = nn.Linear(model.head.in_features, n_classes)
    return model
    ### END SOLUTION


# %% check="replace_head"
check("replace_head")

# %% [markdown] hints="replace_head"
# <details><summary>Hint 1: a nudge</summary>
#
# Print one of the three models. Which line has to change? And which number in that line can you read off the old layer?
#
# <details><summary>Hint 2: which of the three</summary>
#
# `hasattr(model, "fc")` says whether a model has an `fc`. A Sequential can be indexed like a list: `model.classifier[-1]`, and it takes an assignment there, too.
#
# <details><summary>Hint 3: what the new layer takes</summary>
#
# `old.in_features`. Do not change `old.out_features`: that is only a note about the size of the weight, which stays what it is. And `model.state_dict()` returns a new dictionary:
# what you write into it is lost.
#
# <details><summary>Hint 4: nearly there</summary>
#
# For the first layout: `model.fc = nn.Linear(model.fc.in_features, n_classes)`. The other two are the same with another place to take from and to put into.
#
# </details></details></details></details>

# %% [markdown]
# <details><summary>Common mistakes</summary>
#
# - `model.classifier = nn.Linear(...)`: the dropout that was in the Sequential is gone.
# - `nn.Sequential(model, nn.Linear(10, n_classes))`: the new head sees only what the old head says about the old classes.
# - `nn.Linear(512, n_classes)`: right for one ResNet of a tutorial.
# - Replacing first and calling `freeze(model)` afterwards: the new head is frozen, too.
# - Making the optimizer before the head is replaced: it holds the old head's parameters.
# - No `return model`: the cells below get `None`.
#
# </details>
#
# <details><summary>Stuck? Go on all the same</summary>
#
# Make a new cell below your answer and run `from tlcore.stand_ins import replace_head`. It knows only the layout of this notebook's ResNet, so it does not answer the
# question. Your own answer keeps its points.
#
# </details>


# %% [markdown]
# **Now the ResNet.** It is a model of the library `transformers`, and its head is a `classifier`: a Sequential of a Flatten and a Linear. We freeze, replace, and train on 10 photos of
# each of the six new diseases. The control is the same procedure with a backbone that was never trained. If the features did not matter, both would do equally well. Guessing gives 0.17.
#
# <details><summary>Predict first: how good is each of the two?</summary>
#
# A common guess is that the random backbone stays at 0.17. Random features are not quite useless, so a little more is possible.
#
# </details>

# %%
some, many = card.normalise(leaves("target", 10, seed=0)), card.normalise(leaves("target", 60, seed=500))
for what in ("pretrained", "random"):
    torch.manual_seed(0)
    model = from_pretrained("leaves-resnet")[0] if what == "pretrained" else tiny_resnet(10)
    model = replace_head(freeze(model), 6)
    torch.manual_seed(0)
    train(model, some, steps=60, lr=0.01, progress=False)
    print(f"{what:>10} backbone, frozen: accuracy on crop B {accuracy(model, many):.2f}")

# %% [markdown]
# The random backbone is a fair opponent: the same layers, the same number of features, the same training. It lacks only the pretraining. This is one run, and one run proves little; at
# the end of this notebook we repeat it over several seeds.

# %% [markdown]
# ## A backbone that stays frozen · `frozen_backbone`
#
# Buffers changed in your frozen backbone: the **running mean and variance of batch norm**. They are not parameters, and no optimizer changes them. The *forward pass* does, in train mode.
#
# **A tiny example.** Batch norm with running mean 0 and variance 1, and batches of two numbers:

# %%
norm = nn.BatchNorm1d(1, affine=False)
for mate in (3.0, 7.0):
    norm.train()
    print(
        f"train mode: the input 1, in a batch with {mate:g}, gives {norm(torch.tensor([[1.0], [mate]]))[0].item():+.2f}"
    )
print(f"the running mean is now {norm.running_mean.item():.2f}")
norm.reset_running_stats()
norm.eval()
for mate in (3.0, 7.0):
    print(
        f" eval mode: the input 1, in a batch with {mate:g}, gives {norm(torch.tensor([[1.0], [mate]]))[0].item():+.2f}"
    )

# %% [markdown]
# In train mode batch norm subtracts the mean **of the batch** (2, then 4). In both batches 1 becomes -1, and the running statistics do not matter. Each batch also moves the running mean by a
# tenth of the distance: `0.1 * 2 = 0.2`, then `0.9 * 0.2 + 0.1 * 4 = 0.58`. In eval mode it does neither. So a frozen backbone has to be in eval mode. But every training loop calls
# `model.train()` at the start of each epoch, because the head's dropout needs it.
#
# **Write the class `FrozenBackbone(backbone, head)`**, an `nn.Module`:
#
# - it returns `head(backbone(x))`;
# - whenever the model is called, the backbone behaves as in **eval mode**: from the moment the object is built, also if the backbone came in train mode, and whatever `model.train()` or `model.eval()` is called later. Its
#   statistics never move, dropout inside it is off, and a picture's answer does not depend on the other pictures of the batch;
# - the head follows: `model.train()` makes its dropout active and its batch norm use the batch, `model.eval()` undoes both, for every layer of it;
# - the module keeps head and backbone (or copies of them) as submodules, with all their layers and weights, so that its `state_dict()` holds both. Do
#   not replace the batch norm.
#
# The backbone's parameters have been through `freeze` already; you can ignore them. What you call things inside the class is up to you.


# %% question="frozen_backbone" minutes=15 difficulty=2 objectives="O2,O3V"
class FrozenBackbone(nn.Module):
    """`head(backbone(x))`, with a backbone that stays in eval mode whatever mode the whole is in."""

    def __init__(self, backbone, head):
        super().__init__()
        self.backbone = backbone
        self.head = head
        # 1. in which mode may the backbone have come, and in which should it be?
        ### BEGIN SOLUTION
        self.backbone.eval()
        ### END SOLUTION

    def forward(self, x):
        # 2. the head, applied to the backbone's features
        # 3. model.train() puts the backbone into train mode, too. Override train(), or undo it here.
        ### BEGIN SOLUTION
        return self.head(self.backbone(x))

    def train(self, mode=True):
        super().train(mode)
        self.backbone.eval()
        return self
        ### END SOLUTION


# %% check="frozen_backbone"
check("frozen_backbone")

# %% [markdown] hints="frozen_backbone"
# <details><summary>Hint 1: a nudge</summary>
#
# `backbone.eval()` is right, but when? A training loop calls `model.train()` again and again. What does that call do to the modules inside `model`?
#
# <details><summary>Hint 2: one place to do it</summary>
#
# `train` is a method like any other, and you may override it: a class can define its own `train(self, mode=True)`. (Or you put the backbone into eval mode at the start of each
# `forward`.)
#
# <details><summary>Hint 3: and the head?</summary>
#
# `super().train(mode)` does what `train` always does, to both parts. What has to be undone after it, and for which part? Note that `model.eval()` calls `self.train(False)`.
#
# <details><summary>Hint 4: nearly there</summary>
#
# In `__init__`: the backbone into eval mode. In `train(self, mode=True)`: first `super().train(mode)`, then the backbone into eval mode, then `return self`.
#
# </details></details></details></details>

# %% [markdown]
# <details><summary>Common mistakes</summary>
#
# - `backbone.eval()` once, before the loop: the next `model.train()` undoes it.
# - The whole model in eval mode: the head's dropout is off.
# - `momentum = 0`, or `track_running_stats = False`: the running statistics stand still, but train mode still normalises with those of the batch.
# - GroupNorm in place of batch norm: it does not depend on the batch, but the backbone was not trained with it.
#
# </details>
#
# <details><summary>Stuck? Go on all the same</summary>
#
# Run the next code cell (it defines `Features` and `score`) and skip the one after it. Nothing else below uses `FrozenBackbone`.
#
# </details>


# %% [markdown]
# **Now the ResNet.** This matters when one backbone serves more than one task. We train a new head on crop B, once with a plain model with frozen parameters and once with your class. Then we
# test the backbone on **crop A** again, with its own old head. Nothing was trained for crop A: if frozen means frozen, its accuracy must be the same as before.


# %%
class Features(nn.Module):
    """A convolutional network of transformers without its head: pictures (N, 3, 32, 32) to features (N, 64)."""

    def __init__(self, model):
        super().__init__()
        self.body = model.base_model  # what a model of transformers is without its head

    def forward(self, x):
        return self.body(x).pooler_output.flatten(1)

    def features(self, x):
        return self(x)


def score(head, features, labels):
    """The accuracy of a head on features: a number from 0 to 1."""
    return (head(features).argmax(1) == labels).float().mean().item()


# %%
of_crop_a = card.normalise(leaves("source", 30, seed=700))
before = accuracy(from_pretrained("leaves-resnet")[0], of_crop_a)
print(f"on crop A, before: {before:.2f}")
for what in ("parameters frozen", "FrozenBackbone"):
    model, _ = from_pretrained("leaves-resnet")
    backbone, old_head = freeze(Features(model)), model.classifier
    torch.manual_seed(0)
    head = nn.Sequential(nn.Dropout(0.2), nn.Linear(64, 6))
    whole = nn.Sequential(backbone, head) if what == "parameters frozen" else FrozenBackbone(backbone, head)
    train(whole, some, steps=60, lr=0.01, progress=False)
    after = accuracy(nn.Sequential(backbone, old_head), of_crop_a)
    print(f"{what:>17}: on crop B {accuracy(whole, many):.2f}, on crop A afterwards {after:.2f}")

# %% [markdown]
# Not a single weight of the first backbone changed, and yet it has become worse on crop A: its norms now hold the statistics of crop B. With `FrozenBackbone` the accuracy on crop A is the same as before.
# On crop B the two are about equal here. Such drift is not always bad; but here it happened to a part that you believed frozen.

# %% [markdown]
# ## Features once and for all · `extract_features`
#
# A frozen backbone gives the same features for a photo in every epoch. So compute them once, keep them, and train the head on them.
#
# **A tiny example.** There are five pictures. Picture 0 has brightness 0 at its left edge and label 10, picture 1 has brightness 1 and label 11, and so on up to picture 4 (4, label 14). The model has two features: the brightness
# at the left edge, and twice that. The loader gives batches of two pictures: 2 + 2 + 1. You return
#
# | F | y |
# |---|---|
# | 0, 0 | 10 |
# | 1, 2 | 11 |
# | 2, 4 | 12 |
# | 3, 6 | 13 |
# | 4, 8 | 14 |
#
# **Write `extract_features(model, loader)`**, which returns `(F, y)`:
#
# - `loader` gives batches `(pictures, labels)` and may be a `DataLoader`, a list of batches, a generator: ask nothing of it but its batches, and go through it **once**. F is (N, d): the features of
#   all its pictures, one a row, in the order in which the loader gave them; y is (N,): their labels, of the type that they had (int64). Row i of F and `y[i]` belong to the same picture, **also if the loader
#   shuffles** (it then gives another order each time it is gone through). All pictures that it gives count, also those of a smaller last batch, and each as often as it gives it;
# - features are what the head sees: `model.features(x)`. Not logits, and not every model has a part called `backbone`;
# - they are those of **eval mode**, whatever mode the model is in;
# - afterwards all is as before: the model is in the mode that it was in, its statistics did not move, its parameters can learn if they could; the loader's pictures and labels are not changed, nor are they if
#   somebody writes into F or y (`torch.cat` copies); and you do not switch the recording of gradients on or off for good (`with torch.no_grad():` switches it back);
# - what you return does not drag along the graph of a backward pass (`requires_grad` is False).
#
# Tensors or NumPy arrays, as you like.


# %% question="extract_features" minutes=10 difficulty=2 objectives="O2,O3V"
def extract_features(model, loader):
    """Features (N, d) and labels (N,) of all that the loader gives, in one order."""
    # 1. remember the model's mode, then eval mode
    # 2. without gradients: go through the loader once; keep each batch's features and its labels
    # 3. give the model its mode back
    # 4. join the batches
    ### BEGIN SOLUTION
    was_training = model.training
    model.eval()
    features, labels = [], []
    with torch.no_grad():
        for x, y in loader:
            features.append(model.features(x))
            labels.append(y)
    model.train(was_training)
    return torch.cat(features), torch.cat(labels)
    ### END SOLUTION


# %% check="extract_features"
check("extract_features")

# %% [markdown] hints="extract_features"
# <details><summary>Hint 1: a nudge</summary>
#
# Why must features and labels come from the same pass over the loader? What would happen to a loader with `shuffle=True` in a second one?
#
# <details><summary>Hint 2: the mode</summary>
#
# `model.training` is True in train mode. Note it down before `model.eval()`; `model.train(True)` is train mode and `model.train(False)` is eval mode.
#
# <details><summary>Hint 3: the graph</summary>
#
# Inside `with torch.no_grad():` nothing is recorded for a backward pass. Without it, every batch of features keeps all its intermediate results alive.
#
# <details><summary>Hint 4: nearly there</summary>
#
# Two lists; for each `x, y` of the loader append `model.features(x)` to one and `y` to the other; `torch.cat` joins a list of tensors along the rows, even if the last has fewer.
#
# </details></details></details></details>

# %% [markdown]
# <details><summary>Common mistakes</summary>
#
# - `torch.cat([y for _, y in loader])` after the loop: the labels of another order.
# - No `model.eval()`: dropout and batch statistics make features that no second call gives again.
# - `model.eval()`, and no way back: the training that follows runs without dropout, and nobody notices.
# - `model(x)`: these are logits of the old classes.
# - A table of `len(loader) * batch_size` rows, or only the full batches.
#
# </details>
#
# <details><summary>Stuck? Go on all the same</summary>
#
# Make a new cell below your answer and run `from tlcore.stand_ins import extract_features`. It works for loaders that do not shuffle, and leaves the model in eval mode, so it does not answer the
# question. Your own answer keeps its points.
#
# </details>


# %% [markdown]
# **Now the ResNet.** The features of 60 photos are a table of 60 x 64 numbers. The old head on these features must give the same as the whole model. And we time 20 epochs both ways.
#
# <details><summary>Predict first: how many times faster are epochs on features?</summary>
#
# Think of what is left to compute: a table of 64 columns times a small matrix, in place of a whole network.
#
# </details>

# %%
model, _ = from_pretrained("leaves-resnet")
F, y = extract_features(freeze(Features(model)), some.loader(16))
F, y = torch.as_tensor(F), torch.as_tensor(y)
with torch.no_grad():
    gap = (model.classifier[-1](F) - model.eval()(some.images).logits).abs().max().item()
print(f"features {tuple(F.shape)}; head(F) and model(x) differ by at most {gap:.1e}")

start = time.perf_counter()
train(nn.Linear(64, 6), (F, y), epochs=20, progress=False)
on_features = time.perf_counter() - start
start = time.perf_counter()
train(replace_head(freeze(model), 6), some, epochs=20, progress=False)
print(f"20 epochs: {on_features:.2f} s on features, {time.perf_counter() - start:.2f} s through the backbone")

# %% [markdown]
# The difference is zero or rounding, so the table holds what the head sees. Epochs on features took a small part of the time; the exact factor depends on your computer and on what else it
# does. It grows with the size of the backbone, and this one is very small.
#
# ## Data without leaks · `prepare`
#
# The head is easy now. Most mistakes are made with the data. They make the numbers *better*, so nobody looks for them:
#
# - photos of one plant are in train and in test: the model recognises the plant, not its disease;
# - the test photos contributed to the mean and std;
# - a mirror image of a test photo is in train;
# - class 3 in train is not class 3 in test.
#
# `prepare` returns this:


# %%
@dataclass
class Split:
    """Pictures and labels of one part of the data."""

    x: Tensor  # (N, C, H, W), ready for the model
    y: Tensor  # (N,), whole numbers: class ids


@dataclass
class Splits:
    """What `prepare` gives."""

    train: Split
    val: Split
    test: Split
    names: list  # names[i] is the class with id i, in all three parts


# %% [markdown]
# **A tiny example.** Five plants, two photos each, of the diseases rust (plants 1, 2, 3) and mildew (4, 5). With `names = ["mildew", "rust"]`, val might be plant 4 (two photos, `y = [0, 0]`), test plant 2
# (`y = [1, 1]`, although the test has rust only), and train the other three plants: six photos and their six mirror images. If the card says mean 0.5 and std 0.25, a pixel of 1 becomes
# `(1 - 0.5) / 0.25 = 2` in all three.
#
# **Write `prepare(images, labels, groups, card, seed)`**, which returns `Splits(train, val, test, names)`:
#
# - `images` is (N, C, H, W) with values 0 to 1, `labels` a list of N class names (in no particular order), `groups` (N,) whole numbers: which plant each photo shows. The numbers may be large, and need not
#   follow one another. All three stay as they are: do not change them in place;
# - **parts:** all photos of a plant are in the same part. About a fifth of the plants (10 to 30 % will do, from five plants on) goes to val, about a fifth to test, the others to train. Every photo is in
#   exactly one part. Only `seed` and `groups` decide which plant goes where: the same seed gives the same parts, other seeds give other parts. Over many seeds every plant is at some time in val, and at some time in
#   test. What is *on* the photos has no influence, nor do the labels: correcting one must not move a plant;
# - **classes:** `names` lists every class once and nothing else, in an order of your choice; `y` holds positions in it, in all three parts (a small part may lack a class);
# - **normalisation:** `(x - mean) / std` in each channel, with `card.mean` and `card.std` (C numbers each), in all three parts. `card.normalise(images)` does it for a tensor. The backbone is frozen: it expects what it was pretrained on;
# - **augmentation:** train holds each of its photos twice, as it is and mirrored left to right (`x.flip(-1)`), with the same label; rows in any order. Val and test hold theirs once, not mirrored.
#
# `GroupShuffleSplit` of scikit-learn is welcome, and so are ten lines of your own.


# %% question="prepare" minutes=30 difficulty=3 objectives="O3V,O4"
def prepare(images, labels, groups, card, seed):
    """Parts without leaks: by plant, the same class ids in all, the card's statistics, mirrored train photos."""
    # 1. number the classes once, for all three parts
    # 2. normalise as in pretraining
    # 3. shuffle the plants (not the photos) with the seed, and deal them out
    # 4. mirror: only now, and only train
    ### BEGIN SOLUTION
    names = sorted(set(labels))
    y = torch.tensor([names.index(label) for label in labels])
    x = card.normalise(images)

    plants = groups.unique()
    plants = plants[torch.randperm(len(plants), generator=torch.Generator().manual_seed(seed))]
    fifth = max(1, len(plants) // 5)
    in_val, in_test = torch.isin(groups, plants[:fifth]), torch.isin(groups, plants[fifth : 2 * fifth])
    in_train = ~in_val & ~in_test

    x_train, y_train = x[in_train], y[in_train]
    train = Split(torch.cat([x_train, x_train.flip(-1)]), torch.cat([y_train, y_train]))
    return Splits(train, Split(x[in_val], y[in_val]), Split(x[in_test], y[in_test]), names)
    ### END SOLUTION


# %% check="prepare"
check("prepare")

# %% [markdown] hints="prepare"
# <details><summary>Hint 1: a nudge</summary>
#
# In which order do you do things? What has to be done before the data is divided (because it must be the same everywhere), and what only after it (because it is for one part only)?
#
# <details><summary>Hint 2: plants</summary>
#
# `groups.unique()` lists the plants. Shuffle that list, cut it into three, and take for each part the photos whose plant is in its piece: `torch.isin(groups, piece)` is a mask over the photos.
#
# <details><summary>Hint 3: seed and classes</summary>
#
# `torch.randperm(n, generator=torch.Generator().manual_seed(seed))` is a shuffled 0 … n-1 that depends on the seed alone. `names = sorted(set(labels))` and then `names.index(label)`, for all labels, before
# anything is divided.
#
# <details><summary>Hint 4: nearly there</summary>
#
# `x = card.normalise(images)` first. Then the three masks. Val and test are `Split(x[mask], y[mask])`; for train, join `x[mask]` and `x[mask].flip(-1)` with `torch.cat`, and `y[mask]` with itself.
#
# </details></details></details></details>

# %% [markdown]
# <details><summary>Common mistakes</summary>
#
# - `train_test_split` of photos: a plant has several.
# - Mean and std of your own photos: right for a model that learns from the start, wrong for a frozen backbone. Those of all photos: wrong for both.
# - `unique()` of each part: where a part lacks a class, all ids behind it shift.
# - Names in the order of your list, ids in the order of the alphabet (folders are read in that order).
# - Mirror first, divide later.
# - `torch.randperm` without a generator: another split each time.
#
# </details>
#
# <details><summary>Stuck? Go on all the same</summary>
#
# Skip the next code cell. The sections after it do not use `prepare`.
#
# </details>


# %% [markdown]
# **Now your split.** The plants have six photos each. We train probes on the same kind of features, on three fifths of the photos and their mirror images. Once the photos are divided at random (a plant may be on both sides), once
# by plant with your `prepare`. Each probe is tested twice: on its own test photos, and on 600 photos of new plants. The second is what one wants to know.
#
# <details><summary>Predict first: which of the four numbers is too high?</summary>
#
# The test of the split by photo: it asks about plants that the probe has seen in training.
#
# </details>


# %%
backbone = freeze(Features(from_pretrained("leaves-resnet")[0])).eval()  # eval mode, for the parts inside as well
F_new, y_new = map(
    torch.as_tensor, extract_features(backbone, card.normalise(leaves("target", 100, seed=900)).loader(100))
)
found = {"by photo": [], "by plant": []}
for seed in progress(range(20), desc="two ways to divide", unit="seed"):
    field = leaves("target", 30, seed=seed, photos_per_plant=6)
    photos = card.normalise(field)
    with torch.no_grad():
        F, F_mirrored, y = backbone(photos.images), backbone(photos.images.flip(-1)), photos.labels
    order = torch.randperm(len(y), generator=torch.Generator().manual_seed(seed))
    known, asked = order[: len(y) * 3 // 5], order[len(y) * 4 // 5 :]
    probe = linear_probe(torch.cat([F[known], F_mirrored[known]]), torch.cat([y[known], y[known]]), 6)
    found["by photo"].append((score(probe, F[asked], y[asked]), score(probe, F_new, y_new)))

    splits = prepare(field.images, [field.names[label] for label in field.labels], field.groups, card, seed)
    with torch.no_grad():
        F_train, F_test = (backbone(torch.as_tensor(part.x).float()) for part in (splits.train, splits.test))
    probe = linear_probe(F_train, torch.as_tensor(splits.train.y).long(), 6)
    own_ids = torch.tensor([splits.names.index(field.names[label]) for label in y_new])
    found["by plant"].append((score(probe, F_test, torch.as_tensor(splits.test.y)), score(probe, F_new, own_ids)))

for what, scores in found.items():
    (said, true), (said_sd, true_sd) = torch.tensor(scores).mean(0), torch.tensor(scores).std(0)
    print(f"divided {what}: the test says {said:.2f} ± {said_sd:.2f}, new plants {true:.2f} ± {true_sd:.2f} (20 seeds)")

# %% [markdown]
# Compare the two numbers of each line. They should be close, because both claim to say how good the same probe is.
#
# - Divided **by photo**, the test says more than the probe keeps on new plants: it was asked about plants that it knew.
# - Divided **by plant**, the test does not say too much. On average it says a little too little, if anything. Its spread is large because a few plants are a small test; one split alone could be far off.
#
# On new plants the second probe is no better than the first. It is a little worse if clearly fewer plants are in its train part: divided by photo, nearly every plant has a photo there.
# So dividing by plant does not make a better model. It makes a test that you can trust, at the price of some plants to learn from.

# %% [markdown]
# ## The linear probe
#
# Everything together, in three ways: a linear head on features of the **pretrained** backbone; the control, the same head on features of a **random** backbone of the same shape; and a network **from scratch**, which may
# learn everything, on the same photos. Five seeds each, tested on photos of other plants.
#
# <details><summary>Predict first: with how many photos of each disease does the network from scratch reach what the probe reaches with 5?</summary>
#
# The picture goes up to 50. Decide on a number before you look.
#
# </details>

# %%
test = card.normalise(leaves("target", 100, seed=900))
few_photos = (5, 10, 25, 50)
found = {"pretrained, frozen": [], "random, frozen": [], "from scratch": []}  # mean and spread at each size
for n in few_photos:
    scores = {regime: [] for regime in found}
    for seed in progress(range(5), desc=f"{n} photos a class", unit="seed"):
        data = card.normalise(leaves("target", n, seed=seed))
        torch.manual_seed(seed)
        fresh = tiny_resnet(6)
        for regime, model in (("pretrained, frozen", from_pretrained("leaves-resnet")[0]), ("random, frozen", fresh)):
            backbone = freeze(Features(model))
            (F, y), (F_test, y_test) = (
                map(torch.as_tensor, extract_features(backbone, d.loader(100))) for d in (data, test)
            )
            scores[regime].append(score(linear_probe(F, y, 6), F_test, y_test))
        torch.manual_seed(seed)
        fresh = tiny_resnet(6)
        train(fresh, data, steps=60, lr=3e-3, seed=seed, progress=False)
        scores["from scratch"].append(accuracy(fresh, test))
    for regime, values in scores.items():
        values = torch.tensor(values)
        found[regime].append((values.mean().item(), values.std().item()))
        print(f"{n:>3} photos a class, {regime:<18}: {values.mean():.2f} ± {values.std():.2f}")

_, axes = plt.subplots(figsize=(6.5, 3.5))
for regime, values in found.items():
    means, spreads = zip(*values, strict=True)
    axes.errorbar(few_photos, means, yerr=spreads, marker="o", capsize=3, label=regime)
axes.axhline(1 / 6, color="gray", linestyle=":", label="guessing")
axes.set(xlabel="labelled photos of each disease", ylabel="accuracy on crop B", ylim=(0, 1))
axes.set_title("mean and standard deviation of 5 seeds")
axes.legend()
plt.show()

# %% [markdown]
# **What you just saw.** The pretrained features are worth many labels: with 5 photos a class the probe reaches 0.55, and the network from scratch does not get there even with 50 (0.40). The random backbone shows that the gain comes neither from
# the linear head nor from the architecture: the same head on random features reaches 0.20 with 5 photos and 0.29 with 50, and guessing gives 0.17.
#
# What it does *not* say: this is one pair of crops, the network from scratch had 60 steps and no tuning, and a frozen backbone cannot learn to see anything new. With more labels, fine-tuning the backbone is the next thing to try (notebook 3).

# %% [markdown]
# ## On another network
#
# Your functions do not depend on this ResNet. Here is another architecture of `transformers`, a RegNet. Only the line that makes `other` is new. It has no pretraining, because this notebook runs offline, so look at the shapes and
# counts and not at its accuracy. With internet access, put a pretrained one there: `RegNetForImageClassification.from_pretrained("facebook/regnet-y-040")`, with pictures of the size and statistics that its card asks for.

# %%
other = RegNetForImageClassification(RegNetConfig(embedding_size=16, hidden_sizes=[16, 32, 48, 64], groups_width=8))
features, labels = map(torch.as_tensor, extract_features(freeze(Features(other)), some.loader(16)))
other = replace_head(freeze(other), 6)
learn = [name for name, parameter in other.named_parameters() if parameter.requires_grad]
print(f"features {tuple(features.shape)}, labels {tuple(labels.shape)}; what can learn: {', '.join(learn)}")

# %% [markdown]
# The features have 64 columns because the last stage of this RegNet has 64 channels, and only the new head can learn.
#
# **Bonus tasks** (no points)
#
# 1. Which stage gives the best features? `model.resnet(x, output_hidden_states=True).hidden_states` holds the maps after each stage. Average each over its pixels, train a probe on it, and compare over five seeds.
# 2. What does the leak in the test depend on? Repeat the comparison of {{prepare}} with `photos_per_plant=1` and with 15. Predict first in which case both ways of dividing agree.

# %% [markdown]
# ## In your own words · `explain`
#
# A colleague has a third crop, ten labelled photos of each disease, and this ResNet. In about five sentences: what speaks **for** a frozen backbone in her case, and what would have to be different for you to advise **against** freezing?
# Use at least one number that you saw in this notebook. No check can read this; in a course your instructor does, for 1 point.

# %% [markdown] manual="explain" minutes=5
# ### BEGIN SOLUTION
# *For whoever reads the answers. One point; nothing is given or taken for length, language or style.*
#
# | | |
# |---|---|
# | 0.4 | **For freezing**, two of: few labels are enough, because only the head is learned (less to overfit); features are computed once, so that epochs cost almost nothing; what the backbone can do is not lost, and one backbone serves several heads; the statistics of batch norm do not drift with ten photos (where eval mode is seen to). |
# | 0.4 | **Against freezing**, one of: many labels (the lead over training from scratch shrinks); a target so unlike the source that the features do not tell the classes apart (the probe is near guessing, or near the random backbone). "When it is not accurate enough" without a reason: 0.2. |
# | 0.2 | **A number of this notebook that supports one of the two**, said with its comparison: probe against scratch at 5 or 25 photos, pretrained against random backbone, the cost of an epoch on features. |
#
# Not enough for the first part: "frozen models are more accurate" without the number of labels; "freezing makes inference faster", which it does not.
# ### END SOLUTION

# %% [markdown]
# **To take home**
#
# | you want | and it takes |
# |---|---|
# | parameters that stay put | `requires_grad_(False)` on each of them |
# | statistics that stay put | eval mode, also after `model.train()` |
# | other classes | a new last layer, made after freezing, before the optimizer |
# | many cheap epochs | features, once |
# | a test accuracy that is true | parts by plant, statistics of the pretraining, the same class ids in all parts, several seeds, a control |
#
# <details><summary>A sample answer to the written question</summary>
#
# With ten photos of each disease, few labels are the problem, and a linear head needs few: in this notebook the probe with 5 photos a class (0.55) was better than the network from scratch with 50 (0.40). Her features can be
# computed once, so she can try many heads quickly. The random backbone was far below the pretrained one, so the gain comes from the pretraining. I would advise against freezing if she had many labels, or
# if her photos were so different that a probe on these features is hardly better than one on random features.
#
# </details>
#
# **What to read next**
#
# - Kornblith, Shlens, Le 2019, *Do Better ImageNet Models Transfer Better?*, arXiv 1805.08974: linear probes and fine-tuning on twelve data sets.
# - Yosinski et al. 2014, *How transferable are features in deep neural networks?*, arXiv 1411.1792: which layers transfer.
# - Kapoor, Narayanan 2023, *Leakage and the reproducibility crisis in machine-learning-based science*, Patterns 4(9): more leaks like those of {{prepare}}.
