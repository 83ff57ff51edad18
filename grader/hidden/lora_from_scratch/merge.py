"""Hidden tests of `merge`."""

import torch

from grader.hidden.lora_from_scratch.setups import EXACT, as_matrix, factors, sizes
from grader.hidden.registry import hidden_test
from grader.student.proxy import model_from


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


@hidden_test(weight=2, stand_ins=("LoRALinear", "lora_delta"), says="Where is the update after the merge?")
def test_merged_answers_the_same_without_the_branch(student, given, expect):
    """A merged layer answers as before, from its weight alone"""
    for dtype, tolerance in (("float32", 2e-5), ("float64", EXACT)):
        it = Mergeable(student, given, dtype)
        merged = it.merged(it.layer)
        within = {"atol": tolerance, "rtol": tolerance}
        expect(merged.outputs(it.x), f"the output of the merged layer ({dtype})", **within, picture=as_matrix)
        it.set_factors()
        expect(merged.outputs(it.x), f"the same after the factors were changed ({dtype})", **within)


@hidden_test(weight=1, stand_ins=("LoRALinear", "lora_delta"), says="How does `merge` know that it was here before?")
def test_merging_twice_is_merging_once(student, given, expect):
    """Merging a merged layer changes nothing"""
    it = Mergeable(student, given)
    merged = it.merged(it.merged(it.layer))
    expect(merged.outputs(it.x), "the output after merging twice", picture=as_matrix)
    it.set_factors()
    expect(merged.outputs(it.x), "the same after the factors were changed")
    back = it.unmerged(merged)
    expect(back.outputs(it.x), "the output after merging twice and unmerging once")


@hidden_test(
    weight=2, stand_ins=("LoRALinear", "lora_delta"), says="What can you keep, that need not be computed back?"
)
def test_unmerging_restores_the_base(student, given, expect):
    """Unmerging restores the base to the last bit, even if the factors changed meanwhile"""
    it = Mergeable(student, given)
    merged = it.merged(it.layer)
    it.set_factors()
    expect(merged.outputs(it.x), "the output of the merged layer, the factors changed")
    back = it.unmerged(merged)
    expect(back.outputs(it.x), "the output after unmerging, with the changed factors", picture=as_matrix)
    it.set_factors(zero=True)
    restored = back.outputs(it.x)
    expect(restored, "the base's part of the output after unmerging", equals=it.at_first)
    expect.that(bool(torch.equal(restored, it.at_first)), "the base's part is the same to the last bit")
    # Inputs that were not there before, so that no earlier answer will do.
    expect(it.known, "what the base held at first", atol=0.0, rtol=0.0)
    powers = 2.0 ** torch.randint(-2, 3, (it.n_in,), generator=given.generator)
    others = bool(torch.equal(back.outputs(torch.diag(powers)), it.exactly(powers)))
    expect.that(others, "the base's part for other inputs is the same to the last bit")


@hidden_test(weight=1, stand_ins=("LoRALinear", "lora_delta"), says="Who else holds the tensor that you write into?")
def test_who_shares_the_weight_does_not_notice(student, given, expect):
    """An embedding tied to the weight stays as it was"""
    it = Mergeable(student, given)
    embedding = student.tools.tied_embedding(it.base)
    merged = it.merged(it.layer)
    it.set_factors()
    expect(merged.outputs(it.x), "the output of the merged layer, the factors changed")
    # Asked for the first time, so that there is no earlier answer to repeat.
    words = torch.randperm(it.n_out, generator=given.generator)
    expect(embedding.outputs(words), "the tied embedding after the merge", picture=as_matrix)
    # Nor does the merged layer use that tensor any more: an answer that adds the update beside the base still would.
    student.tools.pin(embedding, given.tensor(it.n_out, it.n_in))
    expect(merged.outputs(it.x), "the output of the merged layer, the embedding changed")
