"""Hidden tests of `inject_lora`."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from grader.hidden.lora_from_scratch.setups import MATRIX, MODES, Collected, Shapes, factors, short
from grader.hidden.registry import hidden_test
from grader.student.expect import Expect
from grader.student.given import Given
from grader.student.proxy import Model, Student
from grader.student.views import View, as_counts

PATHS = View(" and ".join)


class Injected:
    """A small transformer whose parts have hidden names, before `inject_lora`.

    With `traps`, some names hold a target's name, and the head's does: whole names matter.
    """

    def __init__(self, student: Student, given: Given, traps: bool = True) -> None:
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
        self.student, self.given = student, given
        self.ids = self.other_ids()

    def shapes(self) -> Shapes:
        """Every linear layer's path with its (inputs, outputs)."""
        n = self.names
        found: Shapes = {}
        inner, keys = 4 * 5, 2 * 5
        for i in range(self.depth):
            attention = {"query": (12, inner), "key": (12, keys), "value": (12, keys), "output": (inner, 12)}
            found |= {f"layers.{i}.{n['attention']}.{n[part]}": shape for part, shape in attention.items()}
            found |= {f"layers.{i}.mlp.{n['up']}": (12, 17), f"layers.{i}.mlp.down_proj": (17, 12)}
        return {**found, n["head"]: (12, 4)}

    def meant(self) -> Shapes:
        """The layers that the targets mean."""
        return {path: shape for path, shape in self.shapes().items() if path.rpartition(".")[2] in self.targets}

    def other_ids(self) -> Tensor:
        """Sentences (5, 6), other ones each time."""
        return torch.randint(0, 23, (5, 6), generator=self.given.generator)

    def learning(self) -> dict[str, int]:
        """How many numbers can learn in each linear layer's place."""
        return self.student.tools.trainable_counts(self.model, list(self.shapes()))

    def learn(self, steps: int = 3) -> None:
        """Training steps, every parameter given to the optimizer."""
        self.model.train(self.ids, self.given.labels(5, 4), steps=steps, lr=0.3)

    def one_layer(self) -> tuple[Model, Tensor, Tensor]:
        """One of the layers that the targets mean, with its factors A (r, in) and B (out, r) as they are now."""
        path, (n_in, n_out) = self.given.choice(self.meant().items())
        layer = self.student.tools.part(self.model, path)
        return layer, *self.student.tools.get_factors(layer, [self.r, n_in], [n_out, self.r])

    def set_factors(self) -> None:
        """Hidden values into all factors."""
        values = {path: factors(self.given, self.r, n_in, n_out) for path, (n_in, n_out) in self.meant().items()}
        self.student.tools.set_all_factors(self.model, values)


def just_those_are_wrapped(it: Injected | Collected, expect: Expect) -> bool:
    """Whether as much can learn in each layer that the targets mean as its factors have, and nothing in the others."""
    should = {path: it.r * sum(it.meant()[path]) if path in it.meant() else 0 for path in it.shapes()}
    return expect(it.learning(), "layers that can learn", equals=should, view=learning_in(it))


def learning_in(it: Injected | Collected) -> View:
    """How much can learn in each layer."""
    return as_counts("What can learn in each layer", it.shapes())


def paths_returned(names: Any, it: Injected | Collected, expect: Expect) -> None:
    """The paths of the wrapped layers, in any order."""
    expect(sorted(map(str, names)), "the paths that were returned", equals=sorted(it.meant()), view=PATHS)


def of_any_kind(student, given, expect, dotted):
    it = Collected(student, given, dotted)
    ids = it.ids()
    before = it.model.outputs(ids)
    expect(before, "the output at first")
    names = student.inject_lora(it.model, it.targets, it.r, it.alpha)
    if just_those_are_wrapped(it, expect):
        expect(it.model.outputs(ids), "the output right after the call", equals=before, atol=1e-5, rtol=1e-5)
        it.set_factors()
        expect(it.model.outputs(it.ids()), f"the output with given factors, r = {it.r}, alpha = {it.alpha:g}")
        paths_returned(names, it, expect)


@hidden_test(weight=2, stand_ins=("LoRALinear",), says="Print every path of the model, and tick those meant.")
def test_exactly_the_named_layers_are_wrapped(student, given, expect):
    """Exactly the named linear layers are wrapped, wherever they are"""
    it = Injected(student, given)
    names = student.inject_lora(it.model, it.targets, it.r, it.alpha)
    if just_those_are_wrapped(it, expect):
        it.set_factors()
        expect(it.model.outputs(it.ids), "the model's output with given factors")
        it.learn()
        # What was counted may be anybody's numbers; whatever else can learn is seen here.
        expect(it.model.outputs(it.ids), "the output after three training steps", view=MATRIX)
        paths_returned(names, it, expect)


@hidden_test(weight=1, stand_ins=("LoRALinear",), says="Is what the first call put in a target again?")
def test_a_second_call_adds_nothing(student, given, expect):
    """Injecting changes no output, and a second call adds nothing"""
    it = Injected(student, given)
    student.inject_lora(it.model, it.targets, it.r, it.alpha)
    once = it.learning()
    added = any(once.get(path) == it.r * sum(shape) for path, shape in it.meant().items())
    expect.that(added, "the first call adds factors of rank r to a layer that was named")
    # Other words each time, so that no earlier answer will do.
    expect(it.model.outputs(it.other_ids()), "the output after the first call")
    again = student.inject_lora(it.model, it.targets, it.r, it.alpha)
    expect(it.learning(), "layers that can learn after the second call", equals=once, view=learning_in(it))
    expect(it.model.outputs(it.other_ids()), "the output after the second call")
    expect(again, "what the second call returns", equals=[])
    # What was counted may be anybody's numbers; what can learn in a named layer is seen by what it learns.
    it.set_factors()
    it.learn(steps=1)
    layer, a, b = it.one_layer()
    expect(a, "A of a named layer after one training step")
    expect(b, "B of a named layer after one training step")
    student.tools.set_factors(layer, a, 0 * b)
    expect(layer.outputs(given.tensor(4, a.shape[1])), "what that layer answers without its update")


@hidden_test(weight=2, stand_ins=("LoRALinear",), says="What was frozen before, and what is frozen now?")
def test_everything_else_stays_as_it_was(student, given, expect):
    """What was frozen stays frozen, what was learning goes on learning"""
    it = Injected(student, given, traps=False)
    head = student.tools.trainable(student.tools.part(it.model, it.names["head"]), True)
    student.inject_lora(it.model, it.targets, it.r, it.alpha)
    it.set_factors()
    it.learn()
    expect(it.model.outputs(it.ids), "the output after three training steps", view=MATRIX)
    in_words = View(lambda v: ", ".join(map(short, v.values())))
    expect(head.tensors(), "the head after three training steps", view=in_words)


@hidden_test(weight=2, stand_ins=("LoRALinear",), says="Print every path of the model. Which end in a target's name?")
def test_layers_of_any_kind(student, given, expect):
    """Layers of any size, with bias or without, at the top or deep within, whatever letters their names have"""
    of_any_kind(student, given, expect, dotted=False)


@hidden_test(weight=1, stand_ins=("LoRALinear",), says="Print every path. Which of them end with a dot and a target?")
def test_targets_are_ends_of_paths(student, given, expect):
    """A target may be the end of a path, or a whole path, with dots in it"""
    of_any_kind(student, given, expect, dotted=True)


@hidden_test(weight=2, stand_ins=("LoRALinear",), says="Which layers does the second call find, and which are done?")
def test_a_second_call_may_name_others(student, given, expect):
    """A second call with another r, alpha and targets wraps what is new, and leaves what is wrapped as it is"""
    it = Collected(student, given)
    first, *others = it.targets
    named = {path: shape for path, shape in it.meant().items() if f".{path}".endswith(f".{first}")}
    if not named:  # the container's name means no layer
        (first, *others) = [t for t in it.targets if t != it.names["box"]]
        named = {path: shape for path, shape in it.meant().items() if f".{path}".endswith(f".{first}")}
    r, alpha = it.r + 2, it.alpha + 4.2
    student.inject_lora(it.model, [first], r, alpha)
    values = {path: factors(given, r, *shape) for path, shape in named.items()}
    student.tools.set_all_factors(it.model, values)
    expect(it.model.outputs(it.ids()), "the output after the first call, with given factors")
    again = student.inject_lora(it.model, [first, *others], it.r, it.alpha)
    rest = {path: shape for path, shape in it.meant().items() if path not in named}
    student.tools.set_all_factors(it.model, {p: factors(given, it.r, *shape) for p, shape in rest.items()})
    expect(it.model.outputs(it.ids()), "the output after the second call, with given factors")
    expect(sorted(map(str, again)), "the paths of the second call", equals=sorted(rest), view=PATHS)


@hidden_test(weight=1, stand_ins=("LoRALinear",), says="Which flags and modes did your function touch?")
def test_flags_and_modes_stay(student, given, expect):
    """Norms, convolutions, embeddings and other layers stay frozen or learning, in train or eval mode, as they were"""
    for training in (True, False):
        it = Collected(student, given)
        n = it.names
        # Learning ones and frozen ones, at the top and deep within.
        learn = ["norm", "blocks.0.norm", f"blocks.0.{n['attention']}.{n['trap']}", "conv", n["head"]]
        for path in learn[1:] if training else learn[:-1]:
            student.tools.trainable(student.tools.part(it.model, path), True)
        it.model.mode(training)
        student.inject_lora(it.model, it.targets, it.r, it.alpha)
        modes = student.tools.normed(it.model, it.others(), given.tensor(7, 3) + 2)
        mode = "train" if training else "eval"
        expect(modes, f"parts of a model in {mode} mode that are in train mode", view=MODES)
        it.set_factors()
        it.model.train(it.ids(), given.labels(5, 4), steps=3, lr=0.05, training=False)
        expect(it.model.outputs(it.ids()), "the output after three training steps", atol=1e-4, rtol=1e-4)
