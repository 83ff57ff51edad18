"""Hidden tests of `mlm_batch`.

Which words are masked depends on how the generator is used, so that each batch is judged by itself: where it is masked
is read off the answer's inputs, and what the labels should be there is known here.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch

from grader.hidden.domain_adaptation.setups import not_so
from grader.hidden.registry import hidden_test

ROWS, COLUMNS = 300, 20
"""About 4,000 words: the share that is masked has a standard deviation of 0.8% at most."""


def headlines(given: Any, rows: int, columns: int) -> Any:
    """Made-up sentences: a begin, words, an end, then padding; ids of special tokens are drawn, too."""
    # Ids in no order: words are below the special ids, between and above them.
    pad, begin, end, mask = given.distinct(4, 20, 99)
    words = [i for i in range(120) if i not in (pad, begin, end, mask)]
    least = 4 if rows > 1 else columns
    lengths = torch.tensor([given.integer(least, columns) for _ in range(rows)])
    ids = torch.tensor([[given.choice(words) for _ in range(columns)] for _ in range(rows)])
    position = torch.arange(columns)
    ids[:, 0] = begin
    ids[position == lengths[:, None] - 1] = end
    ids[position >= lengths[:, None]] = pad
    special = [pad, begin, end] if given.choice([True, False]) else [end, mask, begin, pad]
    is_word = torch.isin(ids, torch.tensor(words)).long()
    kinds = {"begin": begin, "end": end, "padding": pad}
    p = given.choice([0.15, 0.3, 0.4])
    return SimpleNamespace(ids=ids, special=special, mask=mask, is_word=is_word, kinds=kinds, p=p)


def masked(student: Any, it: Any, gen: Any, expect: Any, p: float | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """What the answer makes of a batch, which has to be two tensors of its shape."""
    answer = student.mlm_batch(it.ids, it.special, it.mask, it.p if p is None else p, gen)
    pair = list(answer) if isinstance(answer, (tuple, list)) else []
    if len(pair) != 2 or not all(isinstance(v, torch.Tensor) and v.shape == it.ids.shape for v in pair):
        not_so(expect, "mlm_batch returns inputs and labels, both of the shape of ids")
    return pair[0], pair[1]


def chosen_by(inputs: torch.Tensor, it: Any) -> torch.Tensor:
    """Where the inputs hide something."""
    return inputs != it.ids


def differs(observed: torch.Tensor, wanted: torch.Tensor) -> int:
    """At how many positions."""
    return int((observed != wanted).sum())


def looked_at(expect: Any, inputs: torch.Tensor, labels: torch.Tensor, it: Any) -> torch.Tensor:
    """Everything that one batch shows; gives where it is masked."""
    chosen = chosen_by(inputs, it)
    expect(
        sorted({int(v) for v in inputs[chosen].tolist()[:500]}), "what stands in the place of words", equals=[it.mask]
    )
    if len(it.ids) > 1:
        kinds = [kind for kind, i in it.kinds.items() if bool((chosen & (it.ids == i)).any())]
        expect(kinds, "special ids that are hidden", equals=[])
    expect(bool((chosen & (it.is_word == 0)).any()), "whether special ids are hidden", equals=False)
    right = torch.where(chosen, it.ids, torch.full_like(it.ids, -100))
    wrong = differs(labels[chosen], right[chosen])
    expect(bool(wrong), "whether labels of hidden words are other than the words", equals=False)
    others = ~chosen
    spared = differs(labels[others & (it.is_word == 1)], right[others & (it.is_word == 1)])
    expect(bool(spared), "whether shown words have a label", equals=False)
    padded = differs(labels[others & (it.is_word == 0)], right[others & (it.is_word == 0)])
    expect(bool(padded), "whether special ids have a label", equals=False)
    whole = inputs.dtype == labels.dtype == torch.int64
    expect.that(whole, "inputs and labels are whole numbers (int64): a loss takes no others")
    return chosen


@hidden_test(weight=3, says="What does the input show, what does the label ask for, and what is neither's business?")
def test_inputs_and_labels_belong_together(student, given, expect):
    """Hidden words are asked for, and nothing else is"""
    for rows, columns in ((given.integer(20, 40), given.integer(8, 14)), (1, given.integer(30, 40))):
        it = headlines(given, rows, columns)
        gen = student.tools.generator(given.integer(0, 10**6))
        for _ in range(2):
            inputs, labels = masked(student, it, gen, expect, p=0.4)
            looked_at(expect, inputs, labels, it)


@hidden_test(weight=2, says="How many words are hidden, and does it depend on the row, the column or each other?")
def test_each_word_by_itself(student, given, expect):
    """Each word is hidden with probability p, whatever its place and its neighbours"""
    it = headlines(given, ROWS, COLUMNS)
    gen = student.tools.generator(given.integer(0, 10**6))
    words = it.is_word.float()
    more, off = given.choice([0.6, 0.7]), []
    for p in (it.p, more, it.p, more):
        inputs, labels = masked(student, it, gen, expect, p=p)
        hidden = (labels != -100).float() * words
        share = float(hidden.sum() / words.sum())
        off.append(abs(float(hidden.sum() - p * words.sum())))
        # Five standard deviations: one right answer in two million is turned away.
        far = 5 * (p * (1 - p) / float(words.sum())) ** 0.5
        expect.that(abs(share - p) < far, "the labels ask for a share p of the words")
        shown = float((chosen_by(inputs, it).float() * words).sum() / words.sum())
        expect.that(abs(shown - p) < far, "the inputs hide a share p of the words")
        # If words are hidden independently, the counts of rows and of columns spread as binomial ones do. The ratio of
        # variances has a standard deviation of 0.08 for rows, and of 0.33 for the 18 columns of words.
        rows = ((hidden.sum(1) - p * words.sum(1)) ** 2).sum() / (p * (1 - p) * words.sum())
        columns = ((hidden.sum(0) - p * words.sum(0)) ** 2).sum() / (p * (1 - p) * words.sum())
        expect.that(0.6 < float(rows) < 1.4, "how many are hidden differs from headline to headline, as chance has it")
        expect.that(0.1 < float(columns) < 3.0, "every place in a headline is hidden about equally often")
    # Within one word of p in all four calls: by chance in one of 100,000 right answers.
    expect.that(max(off) > 1, "how many are hidden in all differs from call to call, as chance has it")
    inputs, labels = masked(student, it, gen, expect, p=0.0)
    expect(int((labels != -100).sum()), "labels where p = 0", equals=0)
    inputs, _ = masked(student, it, gen, expect, p=1.0)
    expect(differs(inputs[it.is_word == 1], torch.tensor(it.mask)), "words that p = 1 leaves to be seen", equals=0)


@hidden_test(weight=1, says="What does the generator decide, and what does it remember?")
def test_the_generator_decides(student, given, expect):
    """The same state of the generator gives the same batch, and the next call gives another one"""
    it = headlines(given, given.integer(15, 25), given.integer(9, 13))
    seed = given.integer(0, 10**6)
    first, second = student.tools.generator(seed), student.tools.generator(seed)
    one, labels = masked(student, it, first, expect)
    another, _ = masked(student, it, first, expect)
    again, _ = masked(student, it, second, expect)
    other, _ = masked(student, it, student.tools.generator(seed + 1), expect)
    right = torch.where(chosen_by(one, it), it.ids, torch.full_like(it.ids, -100))
    expect(torch.equal(labels, right), "whether the labels of the first batch are right", equals=True)
    expect.that(bool(chosen_by(one, it).any()), "some words are hidden")
    expect(bool((one == another).all()), "whether a second call hides the same words", equals=False)
    expect(bool((one == again).all()), "whether a generator of the same seed hides the same words", equals=True)
    expect(bool((one == other).all()), "whether a generator of another seed hides the same words", equals=False)


@hidden_test(weight=1, says="Who needs the ids again, and what did your function leave of them?")
def test_the_ids_stay(student, given, expect):
    """The ids stay as they are, and neither inputs nor labels share their memory"""
    for p in (0.5, 0.0):
        it = headlines(given, given.integer(6, 9), given.integer(10, 15))
        kept = student.tools.leaf.kept(it.ids, learns=False)
        gen = student.tools.generator(given.integer(0, 10**6))
        answer = student.mlm_batch.kept(kept, it.special, it.mask, p, gen)
        inputs, labels = answer[0], answer[1]
        if not (isinstance(inputs, torch.Tensor) and isinstance(labels, torch.Tensor) and inputs.shape == it.ids.shape):
            not_so(expect, "mlm_batch returns inputs and labels, both of the shape of ids")
        right = torch.where(chosen_by(inputs, it), it.ids, torch.full_like(it.ids, -100))
        expect(student.tools.read_tensors({"ids": kept})["ids"], f"ids after a call with p = {p:g}", equals=it.ids)
        expect(bool(chosen_by(inputs, it).any()), f"whether words are hidden with p = {p:g}", equals=p > 0)
        expect(torch.equal(labels, right), f"whether the labels are right with p = {p:g}", equals=True)
        student.tools.overwrite(answer)
        label = f"ids, once others are written over what came back with p = {p:g}"
        expect(student.tools.read_tensors({"ids": kept})["ids"], label, equals=it.ids)
