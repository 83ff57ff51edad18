# %% [markdown]
# # LoRA from scratch
#
# A pretrained model knows a lot. Must all of its weights move to teach it one thing more? Hu et al. (2021) found that
# the *change* of a weight in fine-tuning is simple, even if the weight itself is not. So leave the weight alone, and
# learn the change as a product of two thin matrices:
#
# $$h = W x + \frac{\alpha}{r}\, B A x \qquad A: r \times \text{in},\quad B: \text{out} \times r$$
#
# This is LoRA, low-rank adaptation. You will build its core, in about {{minutes}} minutes, reading included:
#
# {{table}}
#
# At the end you adapt a small language model with your own LoRA and compare it with two other ways.
#
# Run the cells from top to bottom. Write below `YOUR CODE HERE`, and delete the line that begins with `raise`. Below
# each answer, `check(...)` says in a second or two what works and what does not yet. Every hint is folded; open as many
# as you like. If you are stuck at a question, the box "Stuck?" below its hints says how to go on without it.
# %%
import copy
import io
import math
import os

import torch
from torch import nn

from tlcore import plots
from tlcore.check import check
from tlcore.data import real_digits, wire_sentences
from tlcore.loading import from_pretrained
from tlcore.models import tiny_llama
from tlcore.plots import draw
from tlcore.progress import progress
from tlcore.training import accuracy, perplexity, train

torch.set_num_threads(1)  # for models this small, more threads are slower

# %% [markdown]
# ## The model and the task
#
# `wire-llama` is a language model with 80 thousand parameters, pretrained on crop-market news in full sentences. The
# task is the terse style of a news wire. *Perplexity* is the number of words among which the model is undecided: 1 is
# certainty, 87 is guessing from its whole vocabulary. It can be higher than that, if the model is sure of the wrong word.
# %%
source, card = from_pretrained("wire-llama")
few = wire_sentences("wire", 100, seed=1)
prose_test, wire_test = wire_sentences("prose", 300, seed=99), wire_sentences("wire", 300, seed=99)
print("it knows  ", prose_test.texts[0])
print("it should ", wire_test.texts[0])
print(f"perplexity on prose {perplexity(source, prose_test):.2f}, on wire style {perplexity(source, wire_test):.0f}")

# %% [markdown]
# On wire style the model is worse than guessing: it expects full sentences, and is sure of words that do not come.
#
# ## The update · `lora_delta`
#
# Two thin matrices stand for one large one. `A` reads the input: (r, in). `B` writes to the output: (out, r). Their
# product is as large as the weight, but its rank is at most r. It is scaled by `alpha / r`, so that you need not tune
# the strength again when you try another rank.
#
# By hand, with r = 1 and alpha = 3:
#
# $$A = \begin{pmatrix}1 & 2 & 0\end{pmatrix},\quad B = \begin{pmatrix}1\\10\end{pmatrix},\qquad
# \frac{3}{1} B A = \begin{pmatrix}3 & 6 & 0\\30 & 60 & 0\end{pmatrix}$$
#
# **Write** `lora_delta(A, B, alpha)`. It returns the update, (out, in) as torch stores a linear layer's weight.
#
# - `A` is always (r, in) and `B` always (out, r). r is not passed, because the shapes tell it. It may be 1, and it may be
#   larger than in or out.
# - `alpha` is any number: whole or not, positive or negative.
# - `A` and `B` are only read; your function does not change them.


# %% question="lora_delta" minutes=8 difficulty=1 objectives="O2"
def lora_delta(A, B, alpha):
    """The update (out, in) that A (r, in) and B (out, r) stand for."""
    # 1. read the rank r from a shape
    # 2. multiply the factors, in the order that gives (out, in)
    # 3. scale by alpha / r
    ### BEGIN SOLUTION
    r = A.shape[0]
    return (alpha / r) * (B @ A)
    ### END SOLUTION


# %% check="lora_delta"
check("lora_delta")


# %% [markdown] hints="lora_delta"
# <details><summary>Hint 1: a nudge</summary>
#
# Write the shapes next to each other: (out, r) and (r, in). The inner ones must meet.
#
# <details><summary>Hint 2: the shape that tells</summary>
#
# `A.shape` is `(r, in)`, so r is its first number. The product of matrices is `@`.
#
# <details><summary>Hint 3: nearly there</summary>
#
# `B @ A` is (out, in). All that is missing is the factor in front of it.
#
# </details>
# </details>
# </details>
# %% [markdown]
# <details><summary>Common mistakes</summary>
#
# - `A @ B`: an error, or, if in = out, a small r × r matrix.
# - `alpha / math.sqrt(r)` is a real method, rsLoRA (Kalajdzievski 2023), but not this one.
# - `alpha / A.shape[1]` divides by the width of the input.
#
# </details>
#
# <details><summary>Stuck?</summary>
#
# Skip the code cell that begins with `def with_updates`. Below, only {{merge}} comes back to this update, and you may write it
# there in another way.
#
# </details>
# %% [markdown]
# **What you just saw** is a large matrix from few numbers. Is what fine-tuning does to a weight really that simple?
# Fine-tune every linear layer of the model in full, and look at the *singular values* of the change: how strong it is
# in each direction.
# %%
linear_layers = [n for n, m in source.named_modules() if isinstance(m, nn.Linear) and n != "lm_head"]
tuned = copy.deepcopy(source).requires_grad_(False)
for name in linear_layers:
    tuned.get_submodule(name).weight.requires_grad_(True)
train(tuned, few, steps=100, lr=2e-3, cosine=True, seed=0)
changes = {n: (tuned.get_submodule(n).weight - source.get_submodule(n).weight).detach() for n in linear_layers}

change = changes["model.layers.0.self_attn.q_proj"]
noise = torch.randn(change.shape, generator=torch.Generator().manual_seed(0))
noise *= change.norm() / noise.norm()
draw(
    plots.lines(
        "Singular values of the change of a query projection",
        {"the change": torch.linalg.svdvals(change), "random matrix, as large": torch.linalg.svdvals(noise)},
        xlabel="direction, the strongest first",
        ylabel="strength",
    )
)
# %% [markdown]
# The change has a few strong directions; a random matrix of the same size, the control, does not. So keep only the r
# strongest directions of every change, as factors for your `lora_delta`, and measure the perplexity of the model. The
# control gets random factors that give an update of the same norm.
#
# <details><summary>Predict first: how many of the 64 directions does it take to get close to the tuned model?</summary>
#
# About four to eight. Look where the curve of the singular values flattens.
#
# </details>


# %%
def with_updates(r, random=False):
    """The source model with the best updates of rank r in all linear layers, or with random ones just as large."""
    model, generator = copy.deepcopy(source), torch.Generator().manual_seed(0)
    for name, change in changes.items():
        U, S, V = torch.linalg.svd(change, full_matrices=False)
        A, B = V[:r], U[:, :r] * S[:r]
        update = lora_delta(A, B, alpha=len(A))
        if random:
            other = lora_delta(torch.randn(A.shape, generator=generator), torch.randn(B.shape, generator=generator), 1)
            update = other * update.norm() / other.norm()
        model.get_submodule(name).weight.data += update
    return perplexity(model, wire_test)


ranks = [1, 2, 4, 8, 16, 32]
best, control = [with_updates(r) for r in ranks], [with_updates(r, random=True) for r in ranks]
print(f"perplexity on wire style: before {perplexity(source, wire_test):.0f}, tuned {perplexity(tuned, wire_test):.2f}")
for r, b, c in zip(ranks, best, control, strict=True):
    print(f"rank {r:2}: strongest directions {b:6.2f}   random ones {c:6.1f}")
# %% [markdown]
# A few directions carry nearly all that fine-tuning learned here, and they must be the *right* ones: random directions,
# just as strong, help little or not at all. LoRA assumes that training A and B from the start finds such directions.
#
# ## A layer with an update · `lora_linear`
#
# Now build a layer that holds a frozen linear layer and, beside it, an update that learns.
#
# By hand: `base` has the weight $\begin{pmatrix}1&0&0\\0&1&0\end{pmatrix}$ and the bias (10, 20); r = 1, alpha = 2, and
# after some training $A = (1, 1, 1)$, $B = (1, 2)^T$. For x = (1, 2, 3) the base gives (11, 22). $A x = 6$,
# $B A x = (6, 12)$, twice that is (12, 24): together (23, 46).
#
# **Write** the class `LoRALinear(base, r, alpha, dropout)`:
#
# - `base` is an `nn.Linear`, with or without bias. Use it as it is, not a copy. It must not learn: neither weight nor
#   bias.
# - A (r, in) and B (out, r) are trainable parameters, of the same dtype (and device) as the weight of `base`.
# - A new layer gives exactly the output of its base, and after three training steps both A and B have moved. So one
#   factor starts at zero. The other one starts random: drawn anew for each layer, with a standard deviation of at least
#   0.001.
# - `layer(x)` is $W x + b + \frac{\alpha}{r} B A\, \text{dropout}(x)$ for x of shape (…, in): a single row (in,), a batch
#   (N, in), sentences (N, T, in). Dropout is on the input of the low-rank path only, and only in training mode.
# - Gradients flow through the layer, its base included, to whatever comes before it.
#
# How large should the random factor be? With `torch.randn(r, in) / in ** 0.5`, A x is about as large as x. The learning
# rates of the last section were chosen for this size; with much larger numbers, training is less stable there.
#
# You may choose other names than `base`, `A`, `B`, `r`, `alpha`, but if a parameter is called `A` or `B`, it is the one of
# the formula. Leave the lines with `merged` in place, or write your own; they are for {{merge}}.


# %% question="lora_linear" minutes=16 difficulty=2 objectives="O2,O3L"
class LoRALinear(nn.Module):
    """A frozen linear layer plus a low-rank update that learns."""

    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        self.merged = False  # becomes True in 4.5
        # 1. keep base, and stop its parameters from learning
        # 2. make the parameters A (random, divided by in ** 0.5) and B, so that B A is zero but not both of them are
        # 3. keep r and alpha; make the dropout
        ### BEGIN SOLUTION
        self.base = base
        for parameter in base.parameters():
            parameter.requires_grad = False
        weight = base.weight
        random = torch.randn(r, base.in_features, dtype=weight.dtype, device=weight.device)
        self.A = nn.Parameter(random / math.sqrt(base.in_features))
        self.B = nn.Parameter(torch.zeros(base.out_features, r, dtype=weight.dtype, device=weight.device))
        self.r, self.alpha = r, alpha
        self.dropout = nn.Dropout(dropout)
        ### END SOLUTION

    def forward(self, x):
        if self.merged:  # the update is in the base's weight already
            return self.base(x)
        # 4. the base's output, plus the scaled update of what dropout leaves of x
        ### BEGIN SOLUTION
        update = self.dropout(x) @ self.A.T @ self.B.T
        return self.base(x) + self.alpha / self.r * update
        ### END SOLUTION


# %% check="lora_linear"
check("lora_linear")


# %% [markdown] hints="lora_linear"
# <details><summary>Hint 1: a nudge</summary>
#
# B A must be zero at the start, and yet one of the two must get a gradient. The gradient of B contains A, that of A
# contains B. So how many of them may be zero?
#
# <details><summary>Hint 2: what an optimizer sees</summary>
#
# An optimizer sees what `layer.parameters()` lists: `self.A = nn.Parameter(torch.randn(...) / base.in_features ** 0.5)`.
# Freezing works on parameters: `p.requires_grad = False` for each `p` in `base.parameters()`.
#
# <details><summary>Hint 3: dtype and shapes</summary>
#
# `torch.zeros(base.out_features, r, dtype=base.weight.dtype)` gives B its dtype. In `forward`, let `self.base(x)` do
# its part, bias included. For rows x of shape (…, in), A x is `x @ self.A.T`.
#
# <details><summary>Hint 4: nearly there</summary>
#
# `self.base(x) + self.alpha / self.r * (self.dropout(x) @ self.A.T @ self.B.T)`
#
# </details>
# </details>
# </details>
# </details>
# %% [markdown]
# <details><summary>Common mistakes</summary>
#
# - Both factors zero: nothing ever learns. Both random: the model is damaged before the first step.
# - `self.A = torch.randn(..., requires_grad=True)`: a gradient arrives, but no optimizer ever hears of the tensor.
# - `base.requires_grad = False` sets an attribute that nobody reads.
# - `F.linear(x, delta, base.bias)` beside `base(x)`: the bias is there twice.
# - `x = self.dropout(x)` first, and then both paths: the pretrained layer gets inputs with holes.
# - `with torch.no_grad():` around the base: the base needs no gradient, but the layers before it do.
#
# </details>
#
# <details><summary>Stuck?</summary>
#
# Make a new cell below your class and run this; it is a sound layer without dropout, with the same names:
#
#     from tlcore.stand_ins import LoRALinear
#
# Your own answer stays where it is and keeps its points. When {{inject_lora}} to {{merge}} are graded, a `LoRALinear` that does not work
# yet is replaced in the same way, so it costs points in {{lora_linear}} only.
#
# </details>
# %% [markdown]
# **What you just saw**: put your layer around the attention layers of the real model, and measure its perplexity before
# any training. In the control both factors are random.
# %%
paths = [path for path in linear_layers if "self_attn" in path]
with_lora, damaged = copy.deepcopy(source), copy.deepcopy(source)
generator = torch.Generator().manual_seed(0)
for path in paths:
    with_lora.set_submodule(path, LoRALinear(with_lora.get_submodule(path), 8, 16))
    weight = damaged.get_submodule(path).weight
    A, B = (torch.randn(*shape, generator=generator) / 8 for shape in ((8, weight.shape[1]), (weight.shape[0], 8)))
    weight.data += 16 / 8 * B @ A
damage = {"untouched": source, "new LoRALinear": with_lora, "both factors random": damaged}
damage = {label: perplexity(model.eval(), prose_test) for label, model in damage.items()}
for label, value in damage.items():
    print(f"perplexity on prose before any training: {value:7.2f}  {label}")
print("a new LoRALinear leaves it the same to the last digit?", damage["new LoRALinear"] == damage["untouched"])
# %% [markdown]
# A new LoRALinear changes nothing, to the last digit. With both factors random, training would start from a damaged
# model.
#
# ## Into a model · `inject_lora`
#
# Nobody builds a model from LoRALinear layers. You take a finished model and replace some of its layers, usually
# projections of the attention. A layer is named by its path, such as `layers.0.self_attn.q_proj`.
#
# A target matches a layer if its path *equals* the target, or ends with a dot and the target:
#
# | path | target `q_proj` | target `self_attn.q_proj` |
# |---|---|---|
# | `layers.0.self_attn.q_proj` | yes | yes |
# | `q_proj` | yes | no |
# | `layers.0.self_attn.my_q_proj` | no | no |
# | `layers.0.q_proj.norm` | no | no |
#
# **Write** `inject_lora(model, targets, r, alpha)`:
#
# - It changes `model` itself. Every `nn.Linear` that matches one of `targets` (a list of strings) is replaced by
#   `LoRALinear(that layer, r, alpha)` without dropout, wherever it is: inside blocks, in lists of blocks, at the top. (What
#   you do with subclasses of `nn.Linear` is up to you.)
# - Everything else stays as it was: other layers are not wrapped, what was frozen stays frozen, what could learn still
#   can, what was in train or eval mode still is. (The mode of the new wrapper does not matter.)
# - The output does not change.
# - A second call with the same arguments finds nothing to do. A call with other targets, r or alpha wraps what is new and
#   leaves the layers that are wrapped already as they are.
# - It returns the list of the paths that *this* call wrapped, in any order.


# %% question="inject_lora" minutes=15 difficulty=2 objectives="O2,O3L"
def inject_lora(model, targets, r, alpha):
    """Wrap the linear layers that `targets` name, in place; the paths of those wrapped."""
    # 1. find the paths of the nn.Linear layers that match a target, before anything is changed
    # 2. for each: find the module that holds it, and put a LoRALinear around it in its place
    # 3. return the paths
    ### BEGIN SOLUTION
    found = []
    for path, module in model.named_modules():
        if isinstance(module, nn.Linear) and any(("." + path).endswith("." + target) for target in targets):
            found.append(path)
    for path in found:
        parent, _, name = path.rpartition(".")
        setattr(model.get_submodule(parent), name, LoRALinear(model.get_submodule(path), r, alpha))
    return found
    ### END SOLUTION


# %% check="inject_lora"
check("inject_lora")


# %% [markdown] hints="inject_lora"
# <details><summary>Hint 1: a nudge</summary>
#
# `model.named_modules()` gives every path with its module, at every depth. Do not change the model while you iterate over
# it: first make a list, then change.
#
# <details><summary>Hint 2: names that end alike</summary>
#
# `"." + path` ends with `"." + target` exactly if the table says yes. Strings have `.endswith(...)`.
#
# <details><summary>Hint 3: putting it in its place</summary>
#
# `parent, _, name = path.rpartition(".")` splits a path; `model.get_submodule(parent)` is the module that holds the
# layer (for an empty `parent`, the model itself). `setattr(that, name, new)` puts something in its place. Newer torch
# has `model.set_submodule(path, new)`.
#
# <details><summary>Hint 4: nearly there</summary>
#
# Loop over the list: `setattr(model.get_submodule(parent), name, LoRALinear(model.get_submodule(path), r, alpha))`.
#
# </details>
# </details>
# </details>
# </details>
# %% [markdown]
# <details><summary>Common mistakes</summary>
#
# - `target in path` also finds `q_proj_norm`, and the base inside a wrapped `q_proj`.
# - `path.split(".")[-1] in targets` finds nothing for a target with a dot.
# - `model.named_children()` gives the top level only; the attention lies deeper.
# - `copy.deepcopy(model)`: the caller's model stays as it was.
# - `model.requires_grad_(...)` here would undo what the caller decided.
#
# </details>
#
# <details><summary>Stuck?</summary>
#
# In a new cell below your answer: `from tlcore.stand_ins import LoRALinear, inject_lora`. Your own answers keep their
# points, and {{save_adapter}} is graded with sound parts in their places if yours do not work yet. (This `inject_lora` returns
# nothing; the cells below know the paths.)
#
# </details>
# %% [markdown]
# **What you just saw** in the real model: which share of it learns?
# %%
adapted = copy.deepcopy(source).requires_grad_(False)
wrapped = inject_lora(adapted, ["q_proj", "k_proj", "v_proj", "o_proj"], r=8, alpha=16) or paths
learning = sum(p.numel() for p in adapted.parameters() if p.requires_grad)
everything = sum(p.numel() for p in source.parameters())
print(f"{len(wrapped)} layers wrapped; {learning:,} numbers learn, beside {everything:,} that do not")
shares = []
for path in linear_layers:
    learns = sum(p.numel() for p in adapted.get_submodule(path).parameters() if p.requires_grad)
    shares.append(100 * learns / source.get_submodule(path).weight.numel())
names = [path.removeprefix("model.layers.") for path in linear_layers]
draw(plots.bars("Numbers that learn, in % of the layer's weight", names, shares, ylabel="%"))
# %% [markdown]
# The share is large here because the model is tiny: $r(\text{in} + \text{out})$ against $\text{in} \cdot \text{out}$. For a
# layer of 64 × 64, r = 8 is a quarter. The key and value projections go from 64 to 32, so it is 37.5 percent there. For a
# layer of 4096 × 4096, as in large language models, it is 0.4 percent:
# %%
for width in (64, 768, 4096):
    print(f"{width:4} × {width:<4}  r = 8 learns {8 * (width + width) / width**2:7.2%}")
# %% [markdown]
# ## Keep it, give it away · `save_adapter`
#
# Suppose that a thousand customers share one base. For each you keep only what training changed: the factors, what is
# needed to scale them, and the head, if one was trained along with them. Everybody already has the base.
#
# Tiny example: a base of 80,000 numbers with 4 layers of 64 × 64 adapted at r = 2 has 4 · 2 · (64 + 64) = 1,024 numbers
# to keep, and the head's.
#
# **Write** two functions:
#
# - `save_adapter(model, head="head")` returns the adapter of a model into which your `inject_lora` put LoRA layers, all
#   with one r and one alpha. `head` is the path of a module that was trained as well, of one layer or several, at the top
#   or deep in the model. Saving does not change the model, not even its mode. You choose the format: a dict of tensors,
#   bytes, an `io.BytesIO`, the path of a file that you wrote (with `torch.save` or safetensors). An adapter must
#   be less than half as large as the model, and later training of the model must not change it.
# - `load_adapter(model, adapter)` gets a fresh base, without LoRA layers and with a head of the same shape but other
#   values. It makes that base answer as the saved model did; if model and base are in double precision, so is the answer.
#   It may change `model` in place, or return a new one. A base whose own weights were updated meanwhile keeps those: the adapter brings only the update and the head.
#   The base stays frozen; the factors and the head can learn. An adapter can be loaded more than once, and training a
#   model into which it was loaded does not change it.


# %% question="save_adapter" minutes=22 difficulty=2 objectives="O2,O3L"
def save_adapter(model, head="head"):
    """What training changed: factors, head, and what it takes to rebuild the layers."""
    # 1. find the LoRA layers, with their paths
    # 2. keep copies of their factors, and r and alpha
    # 3. keep a copy of the head
    ### BEGIN SOLUTION
    layers = {path: module for path, module in model.named_modules() if isinstance(module, LoRALinear)}
    first = next(iter(layers.values()))
    wanted = tuple(f"{path}.{factor}" for path in layers for factor in "AB")
    state = {
        name: value.detach().clone()
        for name, value in model.state_dict().items()
        if name in wanted or name.startswith(head + ".")
    }
    return {"layers": list(layers), "r": first.r, "alpha": first.alpha, "state": state}
    ### END SOLUTION


def load_adapter(model, adapter):
    """Put an adapter into a fresh base; returns the model."""
    # 4. put LoRA layers of the right r and alpha where they belong
    # 5. fill in the factors and the head
    # 6. make sure that nothing of the adapter was left over
    ### BEGIN SOLUTION
    inject_lora(model, adapter["layers"], adapter["r"], adapter["alpha"])
    left_over = model.load_state_dict(adapter["state"], strict=False).unexpected_keys
    if left_over:
        raise ValueError(f"the model has no place for {left_over}")
    return model
    ### END SOLUTION


# %% check="save_adapter"
check("save_adapter")


# %% [markdown] hints="save_adapter"
# <details><summary>Hint 1: a nudge</summary>
#
# Write down what you would need to rebuild the trained model from a fresh base: where LoRA layers go, two settings,
# some tensors. A dict can hold all of that.
#
# <details><summary>Hint 2: finding and copying</summary>
#
# `isinstance(module, LoRALinear)` finds your layers in `model.named_modules()`. `model.state_dict()` gives all tensors
# by name, but they are the model's own: `.clone()` makes a copy. The head's names start with `head + "."`.
#
# <details><summary>Hint 3: nearly there</summary>
#
# To load, call `inject_lora` first, with the saved paths (a whole path is a target, too), r and alpha. Then the names fit
# again, and `model.load_state_dict(tensors, strict=False)` fills in those that you give it. What it returns has
# `.unexpected_keys`: tensors for which there was no place. There should be none.
#
# </details>
# </details>
# </details>
# %% [markdown]
# <details><summary>Common mistakes</summary>
#
# - The head is forgotten: the factors were trained together with *that* head.
# - Only A and B are kept: they tell r, but not alpha.
# - `load_state_dict(..., strict=False)` on a model without LoRA layers loads nothing of them, and says nothing.
# - The dict holds the model's own tensors: one more training step, and the "saved" adapter has moved.
# - `getattr(model, head)` fails for a path with dots; `model.get_submodule(head)` does not.
#
# </details>
#
# <details><summary>Stuck?</summary>
#
# Skip the next code cell and go on with {{merge}}: nothing else in this notebook needs your answer.
#
# </details>
# %% [markdown]
# **What you just saw**, on another real model: a vision transformer, pretrained on drawn digits. Adapt it to scanned ones
# with ten pictures of each, keep the adapter, and load it into a fresh model with a random head. The control is the
# fresh model without it. Guessing would be 10 %.
# %%
digits = real_digits()
vit, card = from_pretrained("digits-vit")
digits = digits.normalised(card.mean, card.std)
few_digits, more_digits = digits.few(10, seed=0), digits[-500:]


def fresh_vit():
    """The pretrained model, frozen, with a random head that learns."""
    torch.manual_seed(0)
    model = copy.deepcopy(vit).requires_grad_(False)
    model.classifier = nn.Linear(model.classifier.in_features, 10)
    return model


trained_vit = fresh_vit()
inject_lora(trained_vit, ["q_proj", "v_proj"], r=4, alpha=8)
train(trained_vit, few_digits, steps=60, lr=1e-2, cosine=True)
adapter = save_adapter(trained_vit, head="classifier")
loaded_vit = fresh_vit()
loaded_vit = load_adapter(loaded_vit, adapter) or loaded_vit
print(f"trained {accuracy(trained_vit, more_digits):.1%}, fresh {accuracy(fresh_vit(), more_digits):.1%}")
print(f"fresh with the adapter {accuracy(loaded_vit, more_digits):.1%}")


def size_in_file(thing):
    """How many kB it takes in a file: the file itself, if it is the path of one."""
    if isinstance(thing, (str, os.PathLike)) and os.path.isfile(thing):
        return os.path.getsize(thing) / 1000
    file = io.BytesIO()
    torch.save(thing, file)
    return len(file.getvalue()) / 1000


print(f"adapter {size_in_file(adapter):.0f} kB, whole model {size_in_file(vit.state_dict()):.0f} kB")
# %% [markdown]
# The fresh model with the adapter is as good as the trained one, because it is the same function; without the adapter, its
# random head is guessing. The file holds a small part of the model. In a larger model the part is far smaller.
#
# ## No cost when in use · `merge`
#
# While it learns, a LoRA layer does two more products than its base. When it is done, it need not:
# $W x + \frac{\alpha}{r} B A x = (W + \frac{\alpha}{r} B A)\, x$. *Merging* puts the update into the weight.
#
# By hand: the base with the weight $\begin{pmatrix}1&0&0\\0&1&0\end{pmatrix}$, alpha = 2, r = 1, A = (1, 1, 1),
# B = (1, 2)ᵀ has the merged weight $\begin{pmatrix}3&2&2\\4&5&4\end{pmatrix}$.
#
# **Write** `merge(layer)` and `unmerge(layer)` for a `LoRALinear`. Each may work in place, or return the layer that is
# to be used from now on (so `merge` may return a plain `nn.Linear`, as long as `unmerge` of it gives the LoRA layer
# back):
#
# - A merged layer gives the same output as before (up to rounding), from its weight alone: if A and B change
#   afterwards, its output does not. (What training does to a merged layer is left open.)
# - Merging a merged layer changes nothing, and one `unmerge` undoes any number of merges. Several layers can be merged at
#   the same time, and a layer can be merged again later, with other A and B.
# - `unmerge` restores the numbers of the base to the last bit, even if A and B have changed since the merge. The layer then
#   works with A and B as they are now, and they can learn.
# - A weight may be shared: a language model's head is often tied to its embedding, one tensor in two places. Other modules
#   that share the base's weight must not change when you merge.
#
# If you use the `LoRALinear` from above, `layer.merged = True` makes it skip the update.


# %% question="merge" minutes=20 difficulty=3 objectives="O2,O3L"
def merge(layer):
    """Put the update into the weight; returns the layer to use."""
    # 1. nothing to do for a merged layer
    # 2. keep what unmerge will need
    # 3. give the base a weight of its own that holds the sum, and stop adding the update
    ### BEGIN SOLUTION
    if layer.merged:
        return layer
    old = layer.base.weight
    layer.before_merge = [old]  # in a list: a parameter set as an attribute would join the layer's own
    new = old.detach() + lora_delta(layer.A, layer.B, layer.alpha).detach()
    layer.base.weight = nn.Parameter(new, requires_grad=False)
    layer.merged = True
    return layer
    ### END SOLUTION


def unmerge(layer):
    """Undo merge, to the last bit; returns the layer to use."""
    # 4. put back what was kept, and add the update again
    ### BEGIN SOLUTION
    if layer.merged:
        layer.base.weight = layer.before_merge.pop()
        layer.merged = False
    return layer
    ### END SOLUTION


# %% check="merge"
check("merge")


# %% [markdown] hints="merge"
# <details><summary>Hint 1: a nudge</summary>
#
# Do not compute the old weight back: keep it. And do not add to it: make a new one.
#
# <details><summary>Hint 2: another weight in its place</summary>
#
# A module's parameter can be replaced: `layer.base.weight = nn.Parameter(new, requires_grad=False)`. The old parameter
# lives on wherever else it is used, and in whatever variable you keep it in.
#
# <details><summary>Hint 3: keeping the old one</summary>
#
# A parameter set as an attribute of a module becomes one of its parameters. In a list it does not:
# `layer.before_merge = [layer.base.weight]`. Your `lora_delta(layer.A, layer.B, layer.alpha)` is what to add; call
# `.detach()` on the sum.
#
# <details><summary>Hint 4: nearly there</summary>
#
# `merge`: if `layer.merged`, return it. Else keep the old weight, set the new one, set `layer.merged = True`.
# `unmerge`: if `layer.merged`, set the old weight, `layer.merged = False`.
#
# </details>
# </details>
# </details>
# </details>
# %% [markdown]
# <details><summary>Common mistakes</summary>
#
# - The weight holds the update, and the branch adds it again.
# - A second merge adds it twice. PEFT warns and ignores the call; code written by hand often does not.
# - `unmerge` subtracts the update of the *current* factors, or subtracts at all: (w + d) − d is not w to the last bit.
# - `weight += ...` or `weight.data += ...` writes into the tensor that the embedding uses, too. (In PEFT, LoRA on a tied
#   output layer and then merging does change the model.)
# - `copy.deepcopy(layer)` is not merged by being a copy: its own A and B still count.
#
# </details>
#
# <details><summary>Stuck?</summary>
#
# Skip the next code cell and go on: the last section does not need `merge`.
#
# </details>
# %% [markdown]
# **What you just saw**, on the real model: give the LoRA layers some update, merge them all, and compare. The control is
# the model without its update.
# %%
torch.manual_seed(0)
adapted = copy.deepcopy(source).requires_grad_(False)
wrapped = inject_lora(adapted, ["q_proj", "k_proj", "v_proj", "o_proj"], r=8, alpha=16) or paths
for path in wrapped:
    for factor in adapted.get_submodule(path).parameters():
        if factor.requires_grad:
            nn.init.normal_(factor, std=0.1)
ids = wire_test.ids[:20]
with torch.no_grad():
    with_branches, without = adapted.eval()(ids).logits, source(ids).logits
    together = copy.deepcopy(adapted)
    for path in wrapped:
        together.set_submodule(path, merge(together.get_submodule(path)) or together.get_submodule(path))
    merged_logits = together(ids).logits
print(f"merged against not merged:   largest difference {(merged_logits - with_branches).abs().max():.1e}")
print(f"merged against the source:   largest difference {(merged_logits - without).abs().max():.1e}")
# %% [markdown]
# The first difference is rounding: single precision has about seven digits. The second one is the update itself, so the
# merge has not lost it.
#
# ## Everything together
#
# Now use it: 25 sentences of wire style, three ways, three draws of sentences. The learning rate of each way was chosen
# beforehand on other sentences, the best of three for each. The test sentences are the same for all.
#
# <details><summary>Predict first: which of the two pretrained ones will be worse on prose, and why?</summary>
#
# (The model from scratch has never seen prose, so leave it aside.) "LoRA, because its learning rate is the highest" is a
# good guess, "full fine-tuning, because all of it moves" a common one.
#
# </details>
# %%
rates = {"scratch": 3e-3, "full fine-tuning": 1e-3, "your LoRA": 1e-2}
results = {way: {"wire": [], "prose": []} for way in rates}
bar = progress([(seed, way) for seed in (1, 2, 3) for way in rates])
for seed, way in bar:
    bar.set_description(f"draw {seed}, {way}")
    few, lr = wire_sentences("wire", 25, seed=seed), rates[way]
    torch.manual_seed(seed)
    model = tiny_llama(len(few.vocabulary)) if way == "scratch" else copy.deepcopy(source)
    if way == "your LoRA":
        model.requires_grad_(False)
        before = dict(model.named_modules())
        targets = inject_lora(model, ["q_proj", "k_proj", "v_proj", "o_proj"], r=8, alpha=16) or paths
    train(model, few, steps=80, lr=lr, cosine=True, seed=seed)
    results[way]["wire"].append(perplexity(model, wire_test))
    results[way]["prose"].append(perplexity(model, prose_test))
for style, name in (("wire", "wire style"), ("prose", "prose")):
    print(f"perplexity on {name}, three draws of 25 sentences, and their mean and standard deviation")
    for way, found in results.items():
        mean, spread = torch.tensor(found[style]).mean(), torch.tensor(found[style]).std()
        print(f"  {way:18}", *(f"{p:8.2f}" for p in found[style]), f"   {mean:8.2f} ± {spread:.2f}")
    print(f"  {'source, as it was':18} {perplexity(source, wire_test if style == 'wire' else prose_test):8.2f}")
for style, ways in (("wire", list(results)), ("prose", ["full fine-tuning", "your LoRA"])):
    title = f"Perplexity on {'wire style' if style == 'wire' else style} (lower is better), draws 1 to 3"
    labels = [f"{way} {draw_of}" for way in ways for draw_of in (1, 2, 3)]
    draw(plots.bars(title, labels, [p for way in ways for p in results[way][style]], ylabel="perplexity"))
# %% [markdown]
# Read them one after the other.
#
# *Wire style.* Starting from the pretrained model helps, with few sentences and a target whose every word the source
# knows. LoRA trains a tenth of the numbers and is, on average, about as good here as full fine-tuning. Three draws cannot
# tell a smaller difference; how to do that is the topic of notebook 7. (If A in your layer starts much larger than
# 1/√in, your LoRA is worse than that: the learning rate was not chosen for it.)
#
# *Prose.* Both adapted models have become worse than the source was, and at these learning rates LoRA more than
# full fine-tuning. With the update at work, a LoRA model forgets like any other: "few numbers learn" does not mean "little
# is forgotten". The advantage of LoRA is a different one: the update can be taken away.
#
# The last model is still there. Put the layers that you wrapped back in their places, and compare with the source, bit by
# bit. The control is the model with its adapter on.
# %%
with torch.no_grad():
    on = model(prose_test.ids).logits
    for path in targets:
        model.set_submodule(path, before[path])
    off = model(prose_test.ids).logits
    original = source(prose_test.ids).logits
print("adapter on:  same as the source to the last bit?", torch.equal(on, original))
print("adapter off: same as the source to the last bit?", torch.equal(off, original))
# %% [markdown]
# Full fine-tuning has overwritten its weights; there is no switch. With LoRA, one base serves many tasks, each with a small
# adapter, and the base itself is never lost.
#
# **You have built** the update, the layer, the injection, the file and the merge. They are the core of LoRA in the library
# PEFT, which is the topic of notebook 5. PEFT can do more: several adapters at once, other scales, embeddings and
# convolutions, quantised bases.
#
# Hu et al. 2021, *LoRA: Low-Rank Adaptation of Large Language Models*, arXiv 2106.09685.
