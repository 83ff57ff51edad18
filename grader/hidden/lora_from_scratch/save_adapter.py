"""Hidden tests of `save_adapter`."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from grader.hidden.lora_from_scratch.setups import EXACT, MATRIX, MODES, Collected, factors
from grader.hidden.registry import hidden_test
from grader.student.given import Given
from grader.student.proxy import Model, Remote, Student, model_from


class Adapted:
    """A model that was adapted: factors and head have hidden values. And fresh bases to load an adapter into."""

    def __init__(self, student: Student, given: Given, dtype: str = "float32", head: str | None = None) -> None:
        self.student, self.given, self.dtype = student, given, dtype
        self.head, *targets = given.names(3)
        self.head = head or self.head
        self.config: dict[str, Any] = {
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
        self.targets, self.r, self.alpha = targets, given.choice([2, 3]), given.choice([2.6, 7.5, -4.7])
        self.model = student.tools.tiny_transformer(**self.config)
        self.source = self.model.tensors()
        student.tools.in_precision(self.model, dtype)
        student.tools.trainable_only(self.model, self.head)
        self.ids = torch.randint(0, 60, (6, 7), generator=given.generator)
        student.inject_lora(self.model, targets, self.r, self.alpha)
        self.learn()

    def fresh(self, **other: Tensor) -> Model:
        """A frozen base with a head that learns; `other` tensors replace the source's."""
        model = self.student.tools.tiny_transformer(state={**self.source, **other}, **self.config)
        self.student.tools.in_precision(model, self.dtype)
        self.student.tools.trainable_only(model, self.head)
        return model

    def learn(self) -> None:
        """Other hidden values for the factors and the head: what training would do."""
        shapes = {f"self_attn.{self.targets[0]}": (16, 14), f"mlp.{self.targets[1]}": (16, 90)}
        layers = {f"layers.{i}.{path}": shape for i in range(2) for path, shape in shapes.items()}
        dtype = getattr(torch, self.dtype)
        values = {path: factors(self.given, self.r, *shape, dtype) for path, shape in layers.items()}
        self.student.tools.set_all_factors(self.model, values)
        head = self.student.tools.part(self.model, self.head)
        self.student.tools.pin(head, *self.other_head().values())

    def other_head(self) -> dict[str, Tensor]:
        """Values for a head, by their names in the state of a model."""
        n_out = self.config["n_out"]
        return {
            f"{self.head}.weight": self.given.tensor(n_out, 16),
            f"{self.head}.bias": self.given.tensor(n_out),
        }

    def save(self, *head: str) -> Remote:
        """What the answer saves, left where it is."""
        return self.student.save_adapter.kept(self.model, *(head or [self.head]))

    def newer(self) -> dict[str, Tensor]:
        """Other values for every tensor of the base but the head's, as if the base had been trained on."""
        others = {name: value for name, value in self.source.items() if not name.startswith(self.head + ".")}
        return {name: value + 0.1 * self.given.tensor(*value.shape) for name, value in others.items()}

    def loaded(self, adapter: Remote, **other: Tensor) -> Model:
        """A fresh base with the adapter loaded."""
        fresh = self.fresh(**other)
        return model_from(self.student.load_adapter(fresh, adapter), fresh)

    def features(self, model: Model) -> Tensor:
        """What the head sees: the head itself has its own test."""
        return model.mode(False).features(self.ids)


SAVED_BY = ("LoRALinear", "inject_lora")


@hidden_test(weight=2, stand_ins=SAVED_BY, says="What did training change, and where is it kept?")
def test_a_fresh_base_answers_as_the_trained_model(student, given, expect):
    """Loaded into a fresh base with another head, it answers as the trained model did"""
    it = Adapted(student, given)
    loaded = it.loaded(it.save(), **it.other_head())
    it.learn()  # The trained model goes its own way.
    expect(loaded.outputs(it.ids), "the output after loading", view=MATRIX)


@hidden_test(weight=2, stand_ins=SAVED_BY, says="What do a thousand customers' adapters have in common?")
def test_holds_the_update_and_not_the_base(student, given, expect):
    """The adapter is small: it holds the update and leaves the base to the base"""
    it = Adapted(student, given)
    file = student.tools.packed(it.save())
    # Whoever loads it has the file and nothing else: what is not in it does not count as saved.
    student.start_afresh()
    loaded = it.loaded(student.tools.unpacked.kept(file), **it.newer())
    expect(it.features(loaded), "features of a base that was updated meanwhile, after loading")
    # Measured over ten seeds: 3.2 to 7.5 kB in four formats; half the model is 19 kB.
    half = sum(tensor.nbytes for tensor in it.source.values()) / 2
    expect.that(len(file) < half, "the adapter takes less than half the space of the model")


@hidden_test(weight=1, stand_ins=SAVED_BY, says="Do two names lead to one tensor here?")
def test_stays_as_it_was_saved(student, given, expect):
    """What was saved stays as it was while the model, or one into which it was loaded, goes on training"""
    it = Adapted(student, given)
    adapter = it.save()
    it.learn()
    loaded = it.loaded(adapter)
    expect(it.features(loaded), "features after loading what was saved before more training")
    loaded.train(it.ids, given.labels(6, it.config["n_out"]), steps=2, lr=0.1, training=False)
    expect(it.features(loaded), "features of the loaded model after two training steps", atol=1e-4, rtol=1e-4)
    another = it.loaded(adapter, **it.newer())
    expect(it.features(another), "features of another base after loading the same adapter again")


@hidden_test(
    weight=2, stand_ins=SAVED_BY, says="What may be different in the model after saving, and what after loading?"
)
def test_touches_nothing_else(student, given, expect):
    """Saving leaves the model as it is; after loading, the factors and the head learn and the base does not"""
    it = Adapted(student, given, head="head")
    it.model.mode(True)
    adapter = it.save("head") if given.choice([True, False]) else student.save_adapter.kept(it.model)
    parts = ["", "layers.0", "layers.1.mlp"]
    modes = student.tools.normed(it.model, parts, given.tensor(7, 3) + 2)
    expect(modes, "parts that are in train mode after saving", view=MODES)
    newer = it.newer()
    loaded = it.loaded(adapter, **newer)
    expect(it.features(loaded), "features after loading")
    loaded.train(it.ids, given.labels(6, it.config["n_out"]), steps=3, lr=0.05, training=False)
    expect(it.features(loaded), "features after loading and three training steps", atol=1e-4, rtol=1e-4)
    default = it.loaded(student.save_adapter.kept(it.model), **it.newer())
    expect(default.mode(False).outputs(it.ids), "the output after saving without naming the head, which is 'head'")


@hidden_test(weight=2, stand_ins=SAVED_BY, says="What does a head consist of, and which path leads to it?")
def test_heads_of_all_kinds(student, given, expect):
    """The head may be a module of several layers, and deep in the model; the precision may be another"""
    it = Collected(student, given)
    it.r, it.alpha = given.choice([3, 4]), given.choice([1.7, 5.3])
    source = it.model.tensors()
    deep = f"blocks.1.{it.names['box']}"
    for head in (it.names["head"], deep):
        model = it.fresh(source)
        targets = [t for t in it.targets if t != it.names["box"]]
        student.tools.trainable_only(model, head)
        student.inject_lora(model, targets, it.r, it.alpha)
        it.model = model
        it.set_factors()
        part = student.tools.part(model, head)
        values = {name: given.tensor(*value.shape) for name, value in part.tensors().items()}
        student.tools.set_tensors(part, values)
        adapter = student.save_adapter.kept(model, head)
        newer = {name: value + 0.1 * given.tensor(*value.shape) for name, value in source.items()}
        fresh = student.tools.trainable_only(it.fresh(newer), head)
        loaded = model_from(student.load_adapter(fresh, adapter), fresh)
        what = "deep in the model" if head == deep else "of several layers"
        expect(loaded.outputs(it.ids()), f"the output after loading, with a head {what}")
    double = Adapted(student, given, dtype="float64")
    loaded = double.loaded(double.save(), **double.newer())
    # The features do not contain the head, which pin sets in its own precision.
    expect(double.features(loaded), "features of a model in double precision, after loading", atol=EXACT, rtol=EXACT)
