"""Hidden tests of 04_lora_from_scratch.

Factors start at random, each answer's in its own way, so they are set to hidden values (or only properties are asked).
They are found by shape among what can learn: what an answer calls them, and which way round, is its own business.
"""

import torch

from grader.hidden.lora_fixtures import (
    Adapted,
    Injected,
    Mergeable,
    agree,
    along,
    as_matrix,
    as_tensor,
    differ,
    dropped_or_doubled,
    factors,
    matrix_in_words,
    one_by_one,
    one_input_a_row,
    share,
    short,
    sizes,
    three_steps_lead,
    trainable_of,
    wrapped,
)
from grader.hidden.registry import question

EXACT = 1e-10
"""Tolerance in double precision, where equivalent formulations differ by 1e-15 (twenty seeds) and single precision by
1e-8."""


# lora_delta


@question("lora_delta", points=1, says="Which factor reads the input, and which writes the output?")
def test_the_update_has_the_right_direction(student, given, expect):
    """The update is the product of the factors, as large as the weight"""
    for _ in range(3):
        r, n_in, n_out, alpha = sizes(given)
        delta = as_tensor(student.lora_delta(*factors(given, r, n_in, n_out), alpha))
        # Only the direction: the scale has a test of its own.
        expect(delta / delta.norm(), f"the update for A {r} × {n_in} and B {n_out} × {r}, scaled to length 1")


@question("lora_delta", points=2, says="What should happen to the update when r is doubled?")
def test_the_update_has_the_right_strength(student, given, expect):
    """The update has the strength alpha / r"""
    for r in given.distinct(3, 2, 4):
        _, n_in, n_out, alpha = sizes(given)
        delta = student.lora_delta(*factors(given, r, n_in, n_out), alpha)
        expect(delta, f"the update for r = {r} and alpha = {alpha:g}", picture=as_matrix, shows=matrix_in_words)


# lora_linear


@question("lora_linear", points=2, stand_ins=("lora_delta",), says="Which gradients do A and B get in the first step?")
def test_starts_as_its_base_and_learns(student, given, expect):
    """A new layer answers exactly as its base, and then both factors learn"""
    r, n_in, n_out, alpha = sizes(given)
    base, x = student.tools.linear(n_in, n_out), given.tensor(7, n_in)
    before = base.outputs(x)
    expect(before, "what the base answers")
    layer = student.LoRALinear(base, r, alpha, 0.1)
    expect.that(agree(layer.outputs(x), before), "a new layer answers exactly as its base does")
    start, y = trainable_of(layer, (r, n_in), (n_out, r)), given.tensor(7, n_out)
    layer.train(x, y, steps=3, lr=0.1, training=False)
    end = trainable_of(layer, (r, n_in), (n_out, r))
    for factor in ("A", "B"):
        label = f"{factor} has other values after three training steps"
        expect.that(factor in start and factor in end and not torch.equal(start[factor], end[factor]), label)
    # Numbers of the right shape may move without being of any use; the scale has a test of its own.
    update = layer.outputs(x) - before
    used = "A" in end and "B" in end and along(update, x @ end["A"].T @ end["B"].T)
    expect.that(used, "what the factors have learned is in the output")
    # Nor may they be any numbers: from where they began, three steps lead to one place.
    learned = used and three_steps_lead(start, end, x, y, before, update)
    expect.that(learned, "the factors have learned what the three steps teach them")


@question("lora_linear", points=3, stand_ins=("lora_delta",), says="Write h = W x + b + (alpha / r) B A x beside it.")
def test_adds_the_update_once(student, given, expect):
    """The output is the base's plus the scaled update's"""
    r, n_in, n_out, alpha = sizes(given)
    layer = student.LoRALinear(student.tools.linear(n_in, n_out), r, alpha, 0.2)
    student.tools.set_factors(layer, *factors(given, r, n_in, n_out))
    expect(layer.outputs(given.tensor(4, n_in)), "the output for four rows", picture=as_matrix)
    expect(layer.outputs(given.tensor(2, 3, n_in)), "the output for two sequences of three")
    bare = student.LoRALinear(student.tools.linear(n_out, n_in, bias=False), r, alpha, 0.2)
    student.tools.set_factors(bare, *factors(given, r, n_out, n_in))
    expect(bare.outputs(given.tensor(1, n_out)), "the output where the base has no bias")


@question("lora_linear", points=2, stand_ins=("lora_delta",), says="The optimizer was handed every parameter.")
def test_only_the_factors_learn(student, given, expect):
    """Training moves the factors and nothing else"""
    r, n_in, n_out, alpha = sizes(given)
    layer = student.LoRALinear(student.tools.linear(n_in, n_out), r, alpha, 0.3)
    student.tools.set_factors(layer, *factors(given, r, n_in, n_out))
    x = given.tensor(6, n_in)
    # The stronger the update, the shorter the steps: where training diverges, right answers differ in the third digit.
    layer.train(x, given.tensor(6, n_out), steps=3, lr=0.1 * (r / alpha) ** 2, training=False)
    a, b = student.tools.get_factors(layer, [r, n_in], [n_out, r])
    expect(a, "A after three training steps")
    expect(b, "B after three training steps")
    expect(layer.outputs(x), "the output after three training steps", picture=as_matrix)


@question("lora_linear", points=2, stand_ins=("lora_delta",), says="Which of the two paths should go without dropout?")
def test_dropout_is_on_the_low_rank_path_only(student, given, expect):
    """Dropout acts on the update and leaves the base's path alone"""
    r, n_in, n_out, alpha = sizes(given)
    base, x = student.tools.linear(n_in, n_out), given.tensor(5, n_in)
    alone = base.outputs(x)
    expect(alone, "what the base answers")
    pinned = factors(given, r, n_in, n_out)
    # Dropout that drops everything leaves nothing to chance.
    layer = student.tools.set_factors(student.LoRALinear(base, r, alpha, 1.0), *pinned)
    a, b = pinned
    there = along(layer.outputs(x) - alone, x @ a.T @ b.T)
    expect.that(there, "the update is there in eval mode, whatever the dropout")
    expect(layer.outputs(x, training=True), "in train mode with dropout 1, what is left", equals=alone)
    # One input a row, and each is read by one row of A: then every part of the update is dropped or doubled as a whole,
    # wherever on the low-rank path an answer has its dropout.
    base, (a, b), x = student.tools.linear(n_in, n_out), one_by_one(given, r, n_in, n_out), one_input_a_row(given, n_in)
    alone = base.outputs(x)
    expect(alone, "what another base answers")
    layer = student.tools.set_factors(student.LoRALinear(base, r, alpha, 0.5), a, b)
    update = layer.outputs(x) - alone
    # Eight passes: one mask for all rows, where an answer has that, is the same twice in a row once in 2**n_in times.
    first, *others = passes = [layer.outputs(x, training=True) for _ in range(8)]
    expect.that(any(differ(first, y) for y in others), "with dropout 0.5, passes in train mode drop different things")
    halves = along(update, x @ a.T @ b.T) and dropped_or_doubled([y - alone for y in passes], update)
    expect.that(halves, "with dropout 0.5, each part of the update is dropped or doubled")


@question("lora_linear", points=1, stand_ins=("lora_delta",), says="What do the factors inherit from their base?")
def test_works_in_double_precision(student, given, expect):
    """On a base in double precision everything is in double precision"""
    r, n_in, n_out, alpha = sizes(given)
    layer = student.LoRALinear(student.tools.linear(n_in, n_out, dtype="float64"), r, alpha, 0.1)
    kinds = {p.dtype for p in layer.parameters(trainable=True)}
    if expect.that(kinds == {torch.float64}, "the factors have the dtype of the base, float64"):
        student.tools.set_factors(layer, *factors(given, r, n_in, n_out, torch.float64))
        y = layer.outputs(given.tensor(3, n_in, dtype=torch.float64))
        expect(y, "the output in double precision", atol=EXACT, rtol=EXACT)


# inject_lora


@question(
    "inject_lora", points=2, stand_ins=("LoRALinear",), says="Print every path of the model, and tick those meant."
)
def test_exactly_the_named_layers_are_wrapped(student, given, expect):
    """Exactly the named linear layers are wrapped, wherever they are"""
    it = Injected(student, given)
    names = student.inject_lora(it.model, it.targets, it.r, it.alpha)
    should = {path: it.r * sum(it.meant()[path]) if path in it.meant() else 0 for path in it.shapes()}
    if expect(it.learning(), "layers that can learn", equals=should, shows=wrapped, picture=share(it.shapes())):
        it.set_factors()
        expect(it.model.outputs(it.ids), "the model's output with given factors")
        it.learn()
        # What was counted may be anybody's numbers; whatever else can learn is seen here.
        expect(it.model.outputs(it.ids), "the output after three training steps", picture=as_matrix)
        expect(sorted(map(str, names)), "the paths that were returned", equals=sorted(it.meant()), shows=" and ".join)


@question("inject_lora", points=1, stand_ins=("LoRALinear",), says="Is what the first call put in a target again?")
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
    expect(it.learning(), "layers that can learn after the second call", equals=once, shows=wrapped)
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


@question("inject_lora", points=2, stand_ins=("LoRALinear",), says="What was frozen before, and what is frozen now?")
def test_everything_else_stays_as_it_was(student, given, expect):
    """What was frozen stays frozen, what was learning goes on learning"""
    it = Injected(student, given, traps=False)
    head = student.tools.trainable(student.tools.part(it.model, it.names["head"]), True)
    student.inject_lora(it.model, it.targets, it.r, it.alpha)
    it.set_factors()
    it.learn()
    expect(it.model.outputs(it.ids), "the output after three training steps", picture=as_matrix)
    expect(head.tensors(), "the head after three training steps", shows=lambda v: ", ".join(map(short, v.values())))


# save_adapter


SAVED_BY = ("LoRALinear", "inject_lora")


@question("save_adapter", points=2, stand_ins=SAVED_BY, says="What did training change, and where is it kept?")
def test_a_fresh_base_answers_as_the_trained_model(student, given, expect):
    """Loaded into a fresh base with another head, it answers as the trained model did"""
    it = Adapted(student, given)
    loaded = it.loaded(it.save(), **it.other_head())
    it.learn()  # The trained model goes its own way.
    expect(loaded.outputs(it.ids), "the output after loading", picture=as_matrix)


@question("save_adapter", points=2, stand_ins=SAVED_BY, says="What do a thousand customers' adapters have in common?")
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


@question("save_adapter", points=1, stand_ins=SAVED_BY, says="Do two names lead to one tensor here?")
def test_stays_as_it_was_saved(student, given, expect):
    """What was saved stays as it was while the model goes on training"""
    it = Adapted(student, given)
    adapter = it.save()
    it.learn()
    loaded = it.loaded(adapter)
    expect(it.features(loaded), "features after loading what was saved before more training")


# merge


@question("merge", points=2, stand_ins=("LoRALinear", "lora_delta"), says="Where is the update after the merge?")
def test_merged_answers_the_same_without_the_branch(student, given, expect):
    """A merged layer answers as before, from its weight alone"""
    for dtype, tolerance in (("float32", 2e-5), ("float64", EXACT)):
        it = Mergeable(student, given, dtype)
        merged = it.merged(it.layer)
        within = {"atol": tolerance, "rtol": tolerance}
        expect(merged.outputs(it.x), f"the output of the merged layer ({dtype})", **within, picture=as_matrix)
        it.set_factors()
        expect(merged.outputs(it.x), f"the same after the factors were changed ({dtype})", **within)


@question(
    "merge", points=1, stand_ins=("LoRALinear", "lora_delta"), says="How does `merge` know that it was here before?"
)
def test_merging_twice_is_merging_once(student, given, expect):
    """Merging a merged layer changes nothing"""
    it = Mergeable(student, given)
    merged = it.merged(it.merged(it.layer))
    expect(merged.outputs(it.x), "the output after merging twice", picture=as_matrix)
    it.set_factors()
    expect(merged.outputs(it.x), "the same after the factors were changed")
    back = it.unmerged(merged)
    expect(back.outputs(it.x), "the output after merging twice and unmerging once")


@question(
    "merge", points=2, stand_ins=("LoRALinear", "lora_delta"), says="What can you keep, that need not be computed back?"
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


@question(
    "merge", points=1, stand_ins=("LoRALinear", "lora_delta"), says="Who else holds the tensor that you write into?"
)
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
