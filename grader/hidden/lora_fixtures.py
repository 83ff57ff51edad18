"""What the hidden tests of 04_lora_from_scratch set up, and how they read and show what they see."""

from collections import Counter

import numpy as np
import torch

from grader.student.compare import same
from grader.student.proxy import model_from
from tlcore import plots


def sizes(given):
    """Rank, inputs and outputs, all different; and an alpha that no wrong scale turns into the same number."""
    n_in, n_out = given.choice([(5, 9), (6, 11), (11, 7), (13, 8)])
    return given.choice([2, 3, 4]), n_in, n_out, given.choice([5.0, 7.0, 10.0, 14.0])


def factors(given, r, n_in, n_out, dtype=torch.float32):
    """Hidden values for A (r, in) and B (out, r)."""
    return given.tensor(r, n_in, dtype=dtype) / 2, given.tensor(n_out, r, dtype=dtype) / 2


def one_by_one(given, r, n_in, n_out):
    """Hidden values for A and B, such that each input is read by one row of A only."""
    _, b = factors(given, r, n_in, n_out)
    a = torch.zeros(r, n_in)
    a[torch.arange(n_in) % r, torch.arange(n_in)] = given.tensor(n_in).sign() + given.tensor(n_in) / 4
    return a, b


def one_input_a_row(given, n_in):
    """As many rows as inputs; row i has a hidden number at input i, and nothing else."""
    return torch.diag(given.tensor(n_in).sign() * (1 + given.tensor(n_in).abs()))


class Injected:
    """A small transformer whose parts have hidden names, before `inject_lora`.

    With `traps`, some names hold a target's name, and the head's does: whole names matter.
    """

    def __init__(self, student, given, traps=True):
        one, other, third, key, output, head = given.names(6)
        if traps:
            key, output, head = f"{one}_{key}", f"{third}_{other}", f"{one}{head}"
        self.names = {"query": one, "key": key, "value": other, "output": output, "up": third, "head": head}
        self.names["attention"] = given.name() + "tion"
        self.targets = given.choice([[one, other], [other, third], [one, third]])
        self.r, self.alpha = given.choice([2, 3]), given.choice([5.0, 7.0])
        self.depth = given.integer(2, 3)
        self.sizes = {"width": 12, "head_width": 5, "mlp_width": 17, "n_out": 4, "n_words": 23, "max_length": 8}
        self.model = student.tools.tiny_transformer(**self.sizes, depth=self.depth, names=self.names)
        student.tools.trainable(self.model, False)
        self.ids = self.other_ids(given)
        self.student, self.given = student, given

    def shapes(self) -> dict[str, tuple[int, int]]:
        """Every linear layer's path with its (inputs, outputs)."""
        n = self.names
        found: dict[str, tuple[int, int]] = {}
        inner, keys = 4 * 5, 2 * 5
        for i in range(self.depth):
            attention = {"query": (12, inner), "key": (12, keys), "value": (12, keys), "output": (inner, 12)}
            found |= {f"layers.{i}.{n['attention']}.{n[part]}": shape for part, shape in attention.items()}
            found |= {f"layers.{i}.mlp.{n['up']}": (12, 17), f"layers.{i}.mlp.down_proj": (17, 12)}
        return {**found, n["head"]: (12, 4)}

    def meant(self):
        """The layers that the targets mean."""
        return {path: shape for path, shape in self.shapes().items() if path.rpartition(".")[2] in self.targets}

    def other_ids(self, given=None):
        """Sentences (5, 6), other ones each time."""
        return torch.randint(0, 23, (5, 6), generator=(given or self.given).generator)

    def learning(self):
        """How many numbers can learn in each linear layer's place."""
        return self.student.tools.trainable_counts(self.model, list(self.shapes()))

    def learn(self, steps=3):
        """Training steps, every parameter given to the optimizer."""
        self.model.train(self.ids, self.given.labels(5, 4), steps=steps, lr=0.3)

    def one_layer(self):
        """One of the layers that the targets mean, with its factors A (r, in) and B (out, r) as they are now."""
        path, (n_in, n_out) = self.given.choice(self.meant().items())
        layer = self.student.tools.part(self.model, path)
        return layer, *self.student.tools.get_factors(layer, [self.r, n_in], [n_out, self.r])

    def set_factors(self):
        """Hidden values into all factors."""
        values = {path: factors(self.given, self.r, n_in, n_out) for path, (n_in, n_out) in self.meant().items()}
        self.student.tools.set_all_factors(self.model, values)


class Adapted:
    """A model that was adapted: factors and head have hidden values. And fresh bases to load an adapter into."""

    def __init__(self, student, given):
        self.student, self.given = student, given
        self.head, *targets = given.names(3)
        self.config = {
            "width": 16,
            "depth": 2,
            "n_heads": 2,
            "head_width": 7,
            "mlp_width": 90,
            "n_words": 60,
            "max_length": 8,
            "n_out": given.integer(3, 5),
            "names": {"head": self.head, "query": targets[0], "up": targets[1]},
        }
        self.targets, self.r, self.alpha = targets, given.choice([2, 3]), given.choice([5.0, 7.0])
        self.model = student.tools.tiny_transformer(**self.config)
        self.source = self.model.tensors()
        student.tools.trainable_only(self.model, self.head)
        self.ids = torch.randint(0, 60, (6, 7), generator=given.generator)
        student.inject_lora(self.model, targets, self.r, self.alpha)
        self.learn()

    def fresh(self, **other):
        """A frozen base with a head that learns; `other` tensors replace the source's."""
        model = self.student.tools.tiny_transformer(state={**self.source, **other}, **self.config)
        self.student.tools.trainable_only(model, self.head)
        return model

    def learn(self):
        """Other hidden values for the factors and the head: what training would do."""
        shapes = {f"self_attn.{self.targets[0]}": (16, 14), f"mlp.{self.targets[1]}": (16, 90)}
        layers = {f"layers.{i}.{path}": shape for i in range(2) for path, shape in shapes.items()}
        values = {path: factors(self.given, self.r, *shape) for path, shape in layers.items()}
        self.student.tools.set_all_factors(self.model, values)
        head = self.student.tools.part(self.model, self.head)
        self.student.tools.pin(head, *self.other_head().values())

    def other_head(self):
        """Values for a head, by their names in the state of a model."""
        n_out = self.config["n_out"]
        return {
            f"{self.head}.weight": self.given.tensor(n_out, 16),
            f"{self.head}.bias": self.given.tensor(n_out),
        }

    def save(self):
        """What the answer saves, left where it is."""
        return self.student.save_adapter.kept(self.model, self.head)

    def loaded(self, adapter, **other):
        """A fresh base with the adapter loaded."""
        fresh = self.fresh(**other)
        return model_from(self.student.load_adapter(fresh, adapter), fresh)

    def features(self, model):
        """What the head sees: the head itself has its own test."""
        return model.mode(False).features(self.ids)


class Mergeable:
    """A layer with hidden factors, ready to be merged, and probes for it."""

    def __init__(self, student, given, dtype="float32"):
        self.student, self.given = student, given
        self.r, self.n_in, self.n_out, self.alpha = sizes(given)
        self.base = student.tools.linear(self.n_in, self.n_out, dtype=dtype)
        self.known = self.base.tensors()
        self.x = given.tensor(5, self.n_in, dtype=getattr(torch, dtype))
        self.layer = student.LoRALinear(self.base, self.r, self.alpha, 0.0)
        self.set_factors(zero=True)
        self.at_first = self.layer.outputs(self.x)
        self.set_factors()

    def set_factors(self, zero=False):
        """Other hidden values for the factors; with `zero`, an update of nothing."""
        a, b = factors(self.given, self.r, self.n_in, self.n_out, self.x.dtype)
        self.student.tools.set_factors(self.layer, a, 0 * b if zero else b)

    def exactly(self, powers):
        """What the base answers to rows with one power of two each, at input 0, 1, …

        There is nothing to add up but the bias, so every formulation gives the same bits.
        """
        return powers.view(-1, 1) * self.known["weight"].T + self.known["bias"]

    def merged(self, layer):
        """The layer after `merge`: what was returned, or the same where nothing was."""
        return model_from(self.student.merge(layer), layer)

    def unmerged(self, layer):
        """The layer after `unmerge`."""
        return model_from(self.student.unmerge(layer), layer)


def as_tensor(value):
    """A tensor from a tensor, an array or nested lists of numbers."""
    return (value if isinstance(value, torch.Tensor) else torch.as_tensor(np.asarray(value, dtype=float))).double()


def agree(one, other):
    """Whether two outputs are the same up to the order of additions (measured: 2e-7 for numbers around 1)."""
    return bool(torch.isfinite(one).all()) and same(one, other, 2e-6, 2e-6)


def along(one, other):
    """Whether two updates have one direction, whatever their size (cosine of 1 within 1e-3; single precision: 1e-5)."""
    if one.shape != other.shape or not torch.isfinite(one).all():
        return False
    one, other = one.double().flatten(), other.double().flatten()
    return bool(one @ other > 0.999 * one.norm() * other.norm())


def differ(one, other):
    """Whether two outputs are tensors of numbers of one shape that are clearly not the same."""
    return bool(one.shape == other.shape and torch.isfinite(one).all() and (one - other).abs().max() > 1e-3)


def dropped_or_doubled(passes, whole):
    """Whether every number of some passes is 0 or twice that of `whole`, as with dropout 0.5, and there are both."""
    if any(part.shape != whole.shape or not torch.isfinite(part).all() for part in passes):
        return False
    parts = torch.stack(passes)
    # Measured over forty keys and all right answers: 4e-6 at most, where half of the numbers are beyond 1.
    dropped, doubled = ((parts - n * whole).abs() < 1e-4 for n in (0, 2))
    return bool((dropped | doubled).all()) and not dropped.all() and not doubled.all()


def three_steps_lead(start, end, x, y, before, update):
    """Whether three steps of SGD (learning rate 0.1, mean squared error) lead the factors from `start` to `end`.

    The scale is the answer's own, read off the update that `end` makes: it has a test of its own.
    """
    x, y, before, update = (v.double() for v in (x, y, before, update))
    a, b = (start[name].double().clone().requires_grad_() for name in "AB")
    now = x @ end["A"].double().T @ end["B"].double().T
    scale = (update * now).sum() / now.square().sum()
    sgd = torch.optim.SGD([a, b], lr=0.1)
    for _ in range(3):
        sgd.zero_grad()
        torch.nn.functional.mse_loss(before + scale * (x @ a.T @ b.T), y).backward()
        sgd.step()
    # Right answers are off by 5.2e-5 of the way at most (forty keys, seven formulations).
    ways = ((end["A"] - a.detach(), a.detach() - start["A"]), (end["B"] - b.detach(), b.detach() - start["B"]))
    return all(bool(off.norm() < 0.01 * way.norm()) for off, way in ways)


def trainable_of(layer, a, b):
    """The trainable parameters shaped like A and like B (either way round), by these names."""
    found = {}
    for value in layer.parameters(trainable=True):
        for name, shape in (("A", a), ("B", b)):
            if tuple(value.shape) in (shape, shape[::-1]):
                found[name] = value if tuple(value.shape) == shape else value.T
    return found


def matrix_in_words(value):
    """Shape and singular values: what tells one update from another at a glance."""
    value = as_tensor(value)
    if value.numel() > 10_000:  # none that is due has more than 143 numbers; a large one takes minutes to take apart
        return short(value)
    strengths = ", ".join(f"{s:.3g}" for s in torch.linalg.svdvals(value)[:3])
    return f"{' × '.join(map(str, value.shape))}, largest singular values {strengths}"


def short(value):
    """Shape and length of a tensor."""
    return f"{' × '.join(map(str, value.shape))} of length {value.norm():.4g}"


def wrapped(counts):
    """The layers in which something can learn: how many of each name, and how much in each."""
    found = Counter((path.rpartition(".")[2], n) for path, n in counts.items() if n)
    return ", ".join(f"{times} × {name} ({n} numbers each)" for (name, n), times in found.items()) or "none"


def share(shapes):
    """Draws how much can learn in each layer, yours beside the expected."""

    def picture(observed, expected):
        labels = [path.removeprefix("layers.") for path in shapes]
        yours, should = ([side.get(path, 0) for path in shapes] for side in (observed, expected))
        return plots.bars("What can learn in each layer", labels, yours, should, ylabel="numbers")

    return picture


def as_matrix(observed, expected):
    """Draws both as matrices, with the entries that differ framed."""
    return plots.matrix("Yours and the expected", observed, expected)
