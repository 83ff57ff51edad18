"""Hidden tests of `save_adapter`."""

import torch

from grader.hidden.lora_from_scratch.setups import as_matrix, factors
from grader.hidden.registry import hidden_test
from grader.student.proxy import model_from


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


SAVED_BY = ("LoRALinear", "inject_lora")


@hidden_test(weight=2, stand_ins=SAVED_BY, says="What did training change, and where is it kept?")
def test_a_fresh_base_answers_as_the_trained_model(student, given, expect):
    """Loaded into a fresh base with another head, it answers as the trained model did"""
    it = Adapted(student, given)
    loaded = it.loaded(it.save(), **it.other_head())
    it.learn()  # The trained model goes its own way.
    expect(loaded.outputs(it.ids), "the output after loading", picture=as_matrix)


@hidden_test(weight=2, stand_ins=SAVED_BY, says="What do a thousand customers' adapters have in common?")
def test_holds_the_update_and_not_the_base(student, given, expect):
    """The adapter is small: it holds the update and leaves the base to the base"""
    it = Adapted(student, given)
    file = student.tools.packed(it.save())
    # Whoever loads it has the file and nothing else: what is not in it does not count as saved.
    student.start_afresh()
    changed = {k: v + 0.1 * given.tensor(*v.shape) for k, v in it.source.items() if "embed" in k or ".down" in k}
    loaded = it.loaded(student.tools.unpacked.kept(file), **changed)
    expect(it.features(loaded), "features of a base that was updated meanwhile, after loading")
    # Measured over ten seeds: 3.2 to 7.5 kB in four formats; half the model is 19 kB.
    half = sum(tensor.nbytes for tensor in it.source.values()) / 2
    expect.that(len(file) < half, "the adapter takes less than half the space of the model")


@hidden_test(weight=1, stand_ins=SAVED_BY, says="Do two names lead to one tensor here?")
def test_stays_as_it_was_saved(student, given, expect):
    """What was saved stays as it was while the model goes on training"""
    it = Adapted(student, given)
    adapter = it.save()
    it.learn()
    loaded = it.loaded(adapter)
    expect(it.features(loaded), "features after loading what was saved before more training")
