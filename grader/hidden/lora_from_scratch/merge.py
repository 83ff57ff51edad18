"""Hidden tests of `merge`."""

from __future__ import annotations

import torch
from torch import Tensor

from grader.hidden.lora_from_scratch.setups import EXACT, MATRIX, factors, sizes
from grader.hidden.registry import hidden_test
from grader.student.given import Given
from grader.student.proxy import Model, Student, model_from


class Mergeable:
    """A layer with hidden factors, ready to be merged, and probes for it."""

    def __init__(
        self, student: Student, given: Given, dtype: str = "float32", kind: str = "plain", bias: bool = True
    ) -> None:
        self.student, self.given = student, given
        self.r, self.n_in, self.n_out, self.alpha = sizes(given, kind)
        self.base = student.tools.linear(self.n_in, self.n_out, bias=bias, dtype=dtype)
        self.known = self.base.tensors()
        self.x = given.tensor(5, self.n_in, dtype=getattr(torch, dtype))
        self.layer = student.LoRALinear(self.base, self.r, self.alpha, 0.0)
        self.set_factors(zero=True)
        self.at_first = self.layer.outputs(self.x)
        self.set_factors()

    def set_factors(self, zero: bool = False, also: Model | None = None) -> None:
        """Other hidden values for the factors; with `zero`, an update of nothing.

        `also` is what came out of `merge`: where that is another layer with factors, these change, too.
        """
        a, b = factors(self.given, self.r, self.n_in, self.n_out, self.x.dtype)
        self.student.tools.set_factors(self.layer, a, 0 * b if zero else b)
        if also is not None:
            self.student.tools.set_whatever_is_like_factors(also, a, 0 * b if zero else b)

    def exactly(self, powers: Tensor) -> Tensor:
        """What the base answers to rows with one power of two each, at input 0, 1, …

        There is nothing to add up but the bias, so every formulation gives the same bits.
        """
        return powers.view(-1, 1) * self.known["weight"].T + self.known["bias"]

    def merged(self, layer: Model) -> Model:
        """The layer after `merge`: what was returned, or the same where nothing was."""
        return model_from(self.student.merge(layer), layer)

    def unmerged(self, layer: Model) -> Model:
        """The layer after `unmerge`."""
        return model_from(self.student.unmerge(layer), layer)


class Twin(Mergeable):
    """A second layer with the sizes of another one, and weights of its own."""

    def __init__(self, first: Mergeable) -> None:
        student, given = self.student, self.given = first.student, first.given
        self.r, self.n_in, self.n_out, self.alpha = first.r, first.n_in, first.n_out, first.alpha + 1.3
        self.base = student.tools.linear(self.n_in, self.n_out)
        self.x = given.tensor(5, self.n_in)
        self.layer = student.LoRALinear(self.base, self.r, self.alpha, 0.0)
        self.set_factors()


@hidden_test(weight=2, stand_ins=("LoRALinear", "lora_delta"), says="Where is the update after the merge?")
def test_merged_answers_the_same_without_the_branch(student, given, expect):
    """A merged layer answers as before, from its weight alone"""
    kinds = (("float32", "plain", True), ("float64", "fraction", True), ("float32", "negative", False))
    for dtype, kind, bias in (*kinds, ("float32", "higher", True), ("float32", "one", False)):
        tolerance = EXACT if dtype == "float64" else 5e-5
        it = Mergeable(student, given, dtype, kind, bias)
        expect(it.layer.outputs(it.x), f"the output before the merge ({dtype}, r = {it.r}, alpha = {it.alpha:g})")
        merged = it.merged(it.layer)
        within = {"atol": tolerance, "rtol": tolerance}
        expect(merged.outputs(it.x), f"the output of the merged layer ({dtype})", **within, view=MATRIX)
        it.set_factors(also=merged)
        expect(merged.outputs(it.x), f"the same after the factors were changed ({dtype})", **within)


@hidden_test(weight=1, stand_ins=("LoRALinear", "lora_delta"), says="How does `merge` know that it was here before?")
def test_merging_twice_is_merging_once(student, given, expect):
    """Merging a merged layer changes nothing"""
    it = Mergeable(student, given)
    merged = it.merged(it.merged(it.layer))
    expect(merged.outputs(it.x), "the output after merging twice", view=MATRIX)
    it.set_factors(also=merged)
    expect(merged.outputs(it.x), "the same after the factors were changed")
    back = it.unmerged(merged)
    it.layer = back
    it.set_factors()
    expect(back.outputs(it.x), "the output after merging twice and unmerging once, with other factors")


@hidden_test(weight=2, stand_ins=("LoRALinear", "lora_delta"), says="Where do two layers keep what unmerge needs?")
def test_merges_again_and_beside_others(student, given, expect):
    """Layers are merged and unmerged independently, again and again, and learn after that"""
    one = Mergeable(student, given, kind="fraction")
    other = Twin(one)
    merged = [it.merged(it.layer) for it in (one, other)]
    for it, layer in zip((one, other), merged, strict=True):
        expect(layer.outputs(it.x), "the output of one of two merged layers", atol=5e-5, rtol=5e-5)
    for it, layer in zip((one, other), merged, strict=True):
        it.layer = it.unmerged(layer)
        it.set_factors()
        expect(it.layer.outputs(it.x), "the output of one of two layers after unmerging, with other factors")
    again = one.merged(one.layer)
    expect(again.outputs(one.x), "the output after merging once more", atol=5e-5, rtol=5e-5)
    one.set_factors(also=again)
    expect(again.outputs(one.x), "the same after the factors were changed", atol=5e-5, rtol=5e-5)
    one.layer = one.unmerged(again)
    one.layer.train(one.x, given.tensor(5, one.n_out), steps=3, lr=0.05, training=False)
    expect(one.layer.outputs(one.x), "the output after unmerging and three training steps", atol=1e-4, rtol=1e-4)


@hidden_test(
    weight=2, stand_ins=("LoRALinear", "lora_delta"), says="What can you keep, that need not be computed back?"
)
def test_unmerging_restores_the_base(student, given, expect):
    """Unmerging restores the base to the last bit, even if the factors changed meanwhile"""
    it = Mergeable(student, given)
    merged = it.merged(it.layer)
    it.set_factors(also=merged)
    expect(merged.outputs(it.x), "the output of the merged layer, the factors changed")
    back = it.unmerged(merged)
    expect(back.outputs(it.x), "the output after unmerging, with the changed factors", view=MATRIX)
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
    it.set_factors(also=merged)
    expect(merged.outputs(it.x), "the output of the merged layer, the factors changed")
    # Asked for the first time, so that there is no earlier answer to repeat.
    words = torch.randperm(it.n_out, generator=given.generator)
    expect(embedding.outputs(words), "the tied embedding after the merge", view=MATRIX)
    # Nor does the merged layer use that tensor any more: an answer that adds the update beside the base still would.
    student.tools.pin(embedding, given.tensor(it.n_out, it.n_in))
    expect(merged.outputs(it.x), "the output of the merged layer, the embedding changed")
