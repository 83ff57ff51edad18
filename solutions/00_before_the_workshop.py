# %% [markdown]
# # Before the workshop
#
# This notebook asks two things: **does your JupyterLab work**, and **are you ready**? The workshop builds on a little Python and the
# basics of deep learning. Here they are, as {{questions}} short questions. If you are at home in them, they take ten minutes. If a question
# is new to you, there is something to read beside it.
#
# {{table}}
#
# Nothing here is about transfer learning yet, and nothing runs longer than a few seconds.

# %% [markdown]
# ## Where this notebook runs
#
# Click into the next cell, and press **Shift + Enter**. Wait a moment: the first cell of a notebook takes longest.

# %%
from tlcore.machine import this_machine

this_machine()

# %% [markdown]
# You see a table? Then the first things work: Jupyter starts, it has a *kernel* (the Python that runs your cells), and the exercises are
# installed for it. A ✓ is fine, a **!** is worth knowing, and a ✗ has to be mended before the workshop. Beside each stands what to do.
#
# If the workshop is held on a cluster, its three tests of your account are rows of the table: **portal** (this JupyterLab was started from
# the web page, Open OnDemand), **shell** (a command can be run), and **cluster** (it runs in a job of the batch
# system Slurm, on the partition that you were given). On your own computer, the portal and the cluster are not used, and that is fine.
#
# <details><summary>The cell gives an error, or nothing happens</summary>
#
# - `ModuleNotFoundError: No module named 'tlcore'`: the notebook runs in another environment. Choose *Kernel → Change Kernel*, and take the
#   one that the exercises were installed for. On your own computer, start JupyterLab with `tl-learner` in that environment.
# - `[*]` beside the cell for more than two minutes: *Kernel → Restart Kernel*, and run the cell again.
# - "Connecting to kernel" that does not end: the job is over. Close the tab, and start a new one from the portal.
#
# </details>
#
# **How it goes on.** Each question has a cell that says `YOUR CODE HERE`. Delete the line that begins with `raise`, write your answer,
# run the cell, and run the `check(...)` below it. It says what it tried, what it expected, and what your function did. You can run it as often as you
# like. Hints are folded; open as many as you need. No question needs the one before it: if you are stuck, go on with the next. Only the cells that
# show something with your function stop with an error until it is there.

# %%
import math

import torch
import torch.nn.functional as F
from torch import nn

from tlcore import plots
from tlcore.check import check
from tlcore.data import real_digits
from tlcore.models import tiny_resnet
from tlcore.plots import draw
from tlcore.progress import progress

torch.set_num_threads(1)  # small models are quickest on one core

# %% [markdown]
# ## Python: a function with options · `summarise`
#
# A weather station sends -999 if its sensor fails. On this day it measured 21.5, 22 and 20.5 degrees, and failed once. Predict: what does the
# next cell say about the temperature?

# %%
day = [21.5, -999, 22, 20.5]
print("mean temperature:", sum(day) / len(day))

# %% [markdown]
# <details><summary>Answer</summary>
#
# -233.75 degrees: -935 divided by 4. No error is raised, since -999 is a number like any other.
#
# </details>
#
# **By hand:** without the -999 there are 3 readings, their mean is 64 / 3 = 21.333..., and the largest is 22. So
# `summarise(day, skip=-999)` is to return `3, 21.33, 22`.
#
# **Write** `summarise(values, *, digits=2, skip=None)`. `values` is a list or tuple of numbers.
#
# - It returns three values, in this order: **how many** values count, their **mean**, rounded to `digits` decimals, and the **largest** of them, not rounded.
# - A value that is equal to `skip` does not count, wherever and however often it stands there. `skip` is any number, or None: then all values
#   count.
# - If no value counts, it returns `0, None, None`.
# - `digits` and `skip` can be left out, and they can be given by name only: `summarise(day, 1)` is a `TypeError`. The star in the first line
#   does that for you.
# - `values` stays as it is, and no call depends on an earlier one.

# %% question="summarise" minutes=4 difficulty=1 objectives="O3"

# %% check="summarise"
check("summarise")

# %% [markdown] hints="summarise"
# <details><summary>Hint 1: a nudge</summary>
#
# Make a new list of the values that count first. Everything else is about this list.
#
# <details><summary>Hint 2: which values count</summary>
#
# A value counts if `skip` is None, or if it differs from `skip`. Compare numbers with `!=`; `is not` asks whether two things are the same
# *object*, which is right for None only. And 0 is a number to skip like any other, while `if skip:` takes it for "nothing".
#
# <details><summary>Hint 3: nearly there</summary>
#
# `[value for value in values if skip is None or value != skip]` is the list. `len`, `sum`, `max` and `round(number, digits)` do the rest.
# If the list is empty, return early. `return a, b, c` returns three values.
#
# </details></details></details>
# %% [markdown]
# **To read, if this is new:** the Python tutorial, [Defining functions](https://docs.python.org/3/tutorial/controlflow.html#defining-functions),
# and what follows there about default values, keyword arguments and the star.

# %% [markdown]
# ## What a network is made of · `count_parameters`
#
# A network is a chain of layers, and most layers hold **parameters**: the numbers that training changes. "A model with seven billion parameters" is a
# statement about the sum. You should be able to make such a sum, because LoRA and feature extraction are about making it small.
#
# **By hand:** a linear layer with 3 inputs and 2 outputs has a weight for each pair, 3 · 2 = 6, and a *bias* for each output, 2. That makes 8.
#
# **Write** `count_parameters(layers)`. `layers` is a list of dicts, one for each layer, in torch's own words:
#
# | `kind` | other entries | it has |
# |---|---|---|
# | `"Linear"` | `in_features`, `out_features` | a weight for each pair of input and output, a bias for each output |
# | `"Conv2d"` | `in_channels`, `out_channels`, `kernel_size` | `out_channels` filters, each with a square of `kernel_size` by `kernel_size` weights for *each* input channel; a bias for each filter |
# | `"BatchNorm2d"` | `num_features` | a scale and a shift for each feature. (Its running mean and variance are no parameters: no optimizer changes them) |
# | `"Embedding"` | `num_embeddings`, `embedding_dim` | a table with `num_embeddings` rows of `embedding_dim` numbers |
# | any other, such as `"ReLU"`, `"MaxPool2d"`, `"Dropout"`, `"Flatten"` | | no parameters |
#
# - A `"Linear"` or `"Conv2d"` may have an entry `bias`, which is True or False. If the entry is missing, there is a bias, as in torch.
# - It returns two values: a list with the number of parameters of each layer, and their sum. Every entry of the list is a layer of its own. For an empty list, it returns `[], 0`.
# - `layers` stays as it is.

# %% question="count_parameters" minutes=4 difficulty=1 objectives="O2"

# %% check="count_parameters"
check("count_parameters")

# %% [markdown] hints="count_parameters"
# <details><summary>Hint 1: a nudge</summary>
#
# Ask torch what it counts, and find out why: `[p.shape for p in nn.Conv2d(3, 8, 5).parameters()]`.
#
# <details><summary>Hint 2: the bias</summary>
#
# `layer.get("bias", True)` is the entry, or True if there is none. True counts as 1 in a sum, and False as 0.
#
# <details><summary>Hint 3: nearly there</summary>
#
# One `if` or `elif` for each kind. A filter of a convolution has `in_channels * kernel_size**2` weights, and 1 more for its bias. There are
# `out_channels` of them. A batch norm has `2 * num_features`.
#
# </details></details></details>
# %% [markdown]
# **To read, if this is new:** *Dive into Deep Learning*, [Fully connected layers to convolutions](https://d2l.ai/chapter_convolutional-neural-networks/why-conv.html),
# and [Channels](https://d2l.ai/chapter_convolutional-neural-networks/channels.html).

# %% [markdown]
# **What you just saw** is arithmetic. Does it hold for a real network? This is a ResNet of the library `transformers`. The control is torch's own count.
# Predict: which kind of layer holds most of the parameters?


# %%
def described(model):
    """The layers of a model that have no layers inside, as `count_parameters` takes them."""
    entries = {
        "Linear": ["in_features", "out_features"],
        "Conv2d": ["in_channels", "out_channels"],
        "BatchNorm2d": ["num_features"],
    }
    layers = []
    for module in model.modules():
        if not list(module.children()):
            kind = type(module).__name__
            layer = {"kind": kind, **{name: getattr(module, name) for name in entries.get(kind, [])}}
            if kind == "Conv2d":
                layer["kernel_size"] = module.kernel_size[0]
            if kind in ("Linear", "Conv2d"):
                layer["bias"] = module.bias is not None
            layers.append(layer)
    return layers


with progress(total=1, desc="importing transformers") as bar:
    resnet = tiny_resnet(6)
    bar.update()
layers = described(resnet)
counts, total = count_parameters(layers)
print("your count", total, "  torch's count", sum(p.numel() for p in resnet.parameters()))
kinds = ["Conv2d", "BatchNorm2d", "Linear"]
sums = [sum(count for layer, count in zip(layers, counts, strict=True) if layer["kind"] == kind) for kind in kinds]
draw(plots.bars("Parameters of a small ResNet", kinds, sums, ylabel="parameters"))

# %% [markdown]
# <details><summary>Answer</summary>
#
# The convolutions, by far. The head, the one linear layer at the end, has less than one in a hundred of all. Remember this for notebook 02, where the head
# alone learns.
#
# </details>

# %% [markdown]
# ## What is what in a training run · `kind_of`
#
# In papers and in code five kinds of things are mixed up easily. They differ in **where their value comes from**:
#
# - A **parameter** is saved with the model, and an optimizer learns it. A frozen parameter was learned in an earlier run; it is still a
#   parameter. So is one whose starting value somebody chose.
# - A **buffer** is saved with the model too, but no optimizer learns it: the running mean of a batch norm, or a table of positions that somebody chose.
# - A **hyperparameter** is chosen by you before the run and is not saved in the model: the learning rate, the number of epochs. It stays one if it changes
#   during the run by a schedule that you chose.
# - A **metric** comes from predictions that were compared with the truth: a loss, an accuracy, a whole confusion matrix.
# - **Data** is what is left: photos and labels, changed at random in each epoch or not. Nobody learned it, chose it as a setting or computed it from predictions.
#
# **Write** `kind_of(item, run)`. `run` is a dict that describes a run. For the name of each thing in it, it holds a dict of facts:
#
# | fact | |
# |---|---|
# | `saved` | is it saved with the model, in its `state_dict()`? |
# | `learned` | does an optimizer learn it, in this run or in an earlier one? |
# | `chosen` | did somebody choose its value, or the rule for it, before the run? |
# | `from_predictions` | was it computed from predictions and the truth? |
# | `changes` | does its value change during the run? |
# | `numbers` | how many numbers is it? |
#
# All but the last are True or False. `item` is one of the names. The function returns one of the five texts `"parameter"`, `"buffer"`,
# `"hyperparameter"`, `"metric"`, `"data"`, by the facts and not by the name. `run` stays as it is. Not every fact helps.

# %% question="kind_of" minutes=3 difficulty=1 objectives="O1"

# %% check="kind_of"
check("kind_of")

# %% [markdown] hints="kind_of"
# <details><summary>Hint 1: a nudge</summary>
#
# Take the list of the five kinds, and underline in each sentence the fact that decides. Two facts are never underlined.
#
# <details><summary>Hint 2: begin with the model</summary>
#
# `facts = run[item]` is the dict of facts. What is `saved` is a parameter or a buffer, whatever else is said of it. One fact tells these two apart.
#
# <details><summary>Hint 3: nearly there</summary>
#
# Of what is not saved: from predictions, it is a metric. If not, and somebody chose it, it is a hyperparameter. All else is data.
#
# </details></details></details>
# %% [markdown]
# **To read, if this is new:** Goodfellow, Bengio and Courville, *Deep Learning*, [section 5.3](https://www.deeplearningbook.org/contents/ml.html) on
# hyperparameters; torch on [buffers](https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.register_buffer).

# %% [markdown]
# ## Reading metrics · `read_metrics`
#
# A model looks at 1,000 leaves, of which 20 are diseased, and it is right about 980 of them: 98 % accuracy. Predict: how many of the diseased leaves
# must it have found?

# %%
leaves_seen = [[980, 0], [20, 0]]  # healthy, diseased: a row for what a leaf is, a column for what the model said
print(f"accuracy {(980 + 0) / 1000:.2f}, diseased leaves that it found: {leaves_seen[1][1]}")

# %% [markdown]
# <details><summary>Answer</summary>
#
# None at all: this model says "healthy" to every leaf. Nobody needs a model for that, so every accuracy should stand beside this one: what the commonest class alone would get.
#
# </details>
#
# A **confusion matrix** shows it. Its **row** is the class that a picture has, its **column** the class that the model answered: `confusion[i][j]` pictures of class `i` were
# called `j`. For each class, **recall** is the share of its pictures that the model recognised, and **precision** is the share of the model's answers "this class" that are right.
#
# **By hand:** `[[8, 2], [1, 9]]` has 17 hits among 20 pictures: accuracy 0.85. Recall is 8 / 10 and 9 / 10. Precision is 8 / 9 and 9 / 11.
#
# **Write** `read_metrics(confusion)`. `confusion` is a list of lists of whole numbers, as many rows as columns, with one picture or more in all. It returns a dict:
#
# - `"accuracy"`: the share of all pictures that was right;
# - `"precision"` and `"recall"`: a list each, with a number for each class, in the order of the classes;
# - `"majority"`: the accuracy of always answering the class that has most pictures.
#
# If there is nothing to divide by, the number is `math.nan`: the precision of a class that was never answered, and the recall of a class without pictures. Not zero: a zero says
# "all wrong". `confusion` stays as it is.

# %% question="read_metrics" minutes=4 difficulty=1 objectives="O4"

# %% check="read_metrics"
check("read_metrics")

# %% [markdown] hints="read_metrics"
# <details><summary>Hint 1: a nudge</summary>
#
# Four sums are enough: all numbers, the diagonal, each row, each column. Which of them is how often a class was answered?
#
# <details><summary>Hint 2: columns</summary>
#
# `sum(confusion[k])` is a row. A column is `sum(row[k] for row in confusion)`. With NumPy, `table.sum(axis=1)` adds up rows, and `table.sum(axis=0)` columns.
#
# <details><summary>Hint 3: nearly there</summary>
#
# `confusion[k][k]` divided by its row is the recall of class k, and divided by its column the precision. Ask whether the sum is 0 before you divide. The baseline is the
# largest sum of a row, divided by the sum of all.
#
# </details></details></details>
# %% [markdown]
# **To read, if this is new:** scikit-learn's user guide on [classification metrics](https://scikit-learn.org/stable/modules/model_evaluation.html#classification-metrics).

# %% [markdown]
# ## One step of training · `train_step`
#
# Training is one small step, many times: the gradient says how the loss would grow with each parameter, and each parameter goes a little way *against* it.
#
# **By hand:** a parameter 3.0 with the gradient 2.0 and the learning rate 0.1 goes to 3.0 - 0.1 · 2.0 = 2.8.
#
# **A real failure.** Here the loss is `w * w`, with its lowest point at 0, and the gradient is `2 * w`. The loop has one line too few. Predict: which way does `w` go, and
# does it come to rest?

# %%
w, path = torch.tensor(1.0, requires_grad=True), []
for _ in range(30):
    (w * w).backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    path.append(w.item())
draw(
    plots.lines(
        "A loop that never clears the gradient",
        {"w": path, "with the gradient cleared": [0.8**step for step in range(1, 31)]},
        x=range(1, 31),
        xlabel="step",
        ylabel="w",
    )
)

# %% [markdown]
# <details><summary>Answer</summary>
#
# It swings to and fro past 0 and does not come to rest. `backward()` **adds** to the gradient that is there, so that each step goes along the sum of all gradients so far. No error is raised.
#
# </details>
#
# **Write** `train_step(model, x, y, lr)`: one step of gradient descent, by hand. `model(x)` gives logits (N, classes), and `y` holds N class ids.
#
# - The loss is the mean cross-entropy of the batch, `F.cross_entropy(model(x), y)`. Call the model once, in the mode (train or eval) that it is in, and leave it in that mode.
# - Each parameter `p` that can learn becomes `p - lr * gradient`, in place: the model keeps its own parameters, so that others who hold them can go on with them. Nothing but plain
#   gradient descent: no momentum, no decay.
# - Gradients that were there before do not count.
# - What is frozen (`requires_grad` is False) stays, and so does a parameter that the loss does not depend on.
# - It returns the loss from **before** the step, as a number or as a tensor with one number.

# %% question="train_step" minutes=5 difficulty=2 objectives="O3"

# %% check="train_step"
check("train_step")

# %% [markdown] hints="train_step"
# <details><summary>Hint 1: a nudge</summary>
#
# Four lines of torch: clear, compute, `backward()`, update. After `backward()`, each parameter has its gradient in `.grad`, or None if the loss does not depend on it.
#
# <details><summary>Hint 2: the update</summary>
#
# `p = p - step` gives a new tensor the name `p`, and the model keeps the old one. `p -= step` changes the model's own tensor. Torch refuses it for a parameter, unless it stands inside
# `with torch.no_grad():`.
#
# <details><summary>Hint 3: nearly there</summary>
#
# `model.zero_grad()` clears the gradients of all parameters, frozen ones too. Then the loss, `loss.backward()`, and a loop over `model.parameters()` inside `with torch.no_grad():` which leaves
# out those whose `.grad` is None. `torch.optim.SGD` may do the last part for you. Return `loss.item()`.
#
# </details></details></details>
# %% [markdown]
# **To read, if this is new:** torch's tutorials on [autograd](https://docs.pytorch.org/tutorials/beginner/basics/autogradqs_tutorial.html) and on
# [optimization](https://docs.pytorch.org/tutorials/beginner/basics/optimization_tutorial.html).

# %% [markdown]
# ## All of it, in a second of training
#
# Real handwritten digits, 8 by 8 pixels, and a network of three layers. You count its parameters, take 200 steps, and read the metrics on pictures that it has not seen. The control is the same network
# before the first step. Predict: near which number is the accuracy before training?

# %%
train, test = real_digits("train"), real_digits("test")
torch.manual_seed(0)
net = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
print("parameters:", count_parameters(described(net)))


def confusion_of(model, pictures):
    """Rows: the digit; columns: the answer."""
    with torch.no_grad():
        answers = model(pictures.images).argmax(1)
    table = [[0] * 10 for _ in range(10)]
    for digit, answer in zip(pictures.labels.tolist(), answers.tolist(), strict=True):
        table[digit][answer] += 1
    return table


before = confusion_of(net, test)
losses = []
for _ in progress(range(200), desc="training"):
    rows = torch.randperm(len(train.labels))[:64]
    losses.append(torch.as_tensor(train_step(net, train.images[rows], train.labels[rows], 0.5)).item())
after = confusion_of(net, test)
print("training loss, digits=3:", summarise(losses[-20:], digits=3))
for when, table in (("before", before), ("after", after)):
    metrics = read_metrics(table)
    lowest = min(value for value in metrics["recall"] if not math.isnan(value))
    print(
        f"{when}: accuracy {metrics['accuracy']:.2f}, commonest class {metrics['majority']:.2f}, lowest recall {lowest:.2f}"
    )
draw(plots.lines("Training", {"loss": losses}, xlabel="step", ylabel="cross-entropy"))

# %% [markdown]
# <details><summary>Answer</summary>
#
# 0.1 or less: there are ten digits, and an untrained network knows none of them. Always answering the commonest class gets 0.10. So
# 0.94 comes from the training.
#
# </details>
#
# **You are ready** if all five checks passed, whether with hints or without. If the table at the top has a ✗, write to the organisers *before* the workshop, and send them the table.
#
# **Bonus.** Let 5 % of the labels of `train` be wrong. Which of your numbers shows it: the accuracy on `test`, or the training loss? **What comes next:** notebook 01 asks what transfers, and notebook 02 adapts a network
# by training its head alone.
