"""Hidden tests of `replay_loader`.

Which rows come when depends on how random numbers are used. Every row is another one, so that it is recognised here,
and what is judged is what each batch is made of.
"""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any

import torch

from grader.hidden.catastrophic_forgetting.setups import not_so
from grader.hidden.registry import hidden_test
from grader.student.views import View
from tlcore import plots

MADE_OF = [(10, 4), (12, 3), (8, 4), (16, 5)]
"""Rows of a batch, and how many of them are replayed: another share in each."""


def rows_of(given: Any, *shape: int, order: str = "shuffled", **fixed: Any) -> Any:
    """A source and a target whose rows are all different, and how the loader is to be made."""
    it = SimpleNamespace(n_old=given.integer(3, 5), n_new=given.integer(2, 4), per_class=given.integer(2, 4))
    it.batch_size, it.replayed = given.choice(MADE_OF)
    it.seed, it.off = given.integer(0, 10**6), 0.0
    for name, value in fixed.items():
        setattr(it, name, value)
    # A share that is to be rounded, up or down: neither int() nor ceil() does both.
    it.share = (it.replayed + it.off) / it.batch_size
    old = [given.integer(20, 30) for _ in range(it.n_old)]
    it.old_y = torch.tensor([label for label, count in enumerate(old) for _ in range(count)])
    if order == "shuffled":
        it.old_y = it.old_y[torch.randperm(len(it.old_y), generator=given.generator)]
    new = given.integer(25, 40)
    new += new % (it.batch_size - it.replayed) == 0  # the last batch is never a whole one
    it.new_y = given.labels(new, it.n_new)
    it.old_x, it.new_x = given.tensor(len(it.old_y), *shape), given.tensor(len(it.new_y), *shape)
    # More than half of each class: whoever draws from all rows hits one, but for a chance of one in two hundred.
    it.test_rows = [row for c in range(it.n_old) for row in (it.old_y == c).nonzero().flatten().tolist()[:14]]
    given.random.shuffle(it.test_rows)
    return it


def made(student: Any, it: Any, seed: int | None = None) -> Any:
    """The loader of an answer, left where it is."""
    return student.replay_loader.kept(
        (it.old_x, it.old_y),
        (it.new_x, it.new_y),
        it.test_rows,
        it.per_class,
        it.share,
        it.batch_size,
        it.seed if seed is None else seed,
    )


def recognised(student: Any, expect: Any, it: Any, loader: Any, count: int) -> list[Any]:
    """What came in each pass: which old and which new rows, with which labels, and what each batch is made of."""
    old = {row.numpy().tobytes(): at for at, row in enumerate(it.old_x)}
    new = {row.numpy().tobytes(): at for at, row in enumerate(it.new_x)}
    passes = []
    for seen in student.tools.passes_of(loader, count):
        x, y, sizes = seen["x"], seen["y"], seen["sizes"]
        plain = isinstance(x, torch.Tensor) and isinstance(y, torch.Tensor) and len(x) == len(y) > 0 and y.ndim == 1
        if not plain or x.dtype != it.old_x.dtype or x.shape[1:] != it.old_x.shape[1:]:
            not_so(expect, "each pass gives batches (x, y) of rows and as many labels")
        found = SimpleNamespace(old=[], new=[], strange=0, batches=[])
        at = 0
        for size in sizes:
            kinds = Counter[str]()
            for row, label in zip(x[at : at + size], y[at : at + size].tolist(), strict=True):
                key = row.contiguous().numpy().tobytes()
                if key in old:
                    found.old.append((old[key], label))
                    kinds["old"] += 1
                elif key in new:
                    found.new.append((new[key], label))
                    kinds["new"] += 1
                else:
                    found.strange += 1
            found.batches.append((kinds["old"], kinds["new"]))
            at += size
        passes.append(found)
    return passes


def composition(batches: list[tuple[int, int]]) -> list[list[int]] | str:
    """Old and new rows of a batch if all but the last are made alike, and of the last one; otherwise a word."""
    first, last = batches[: len(batches) - 1] or batches, batches[-1]
    return [list(first[0]), list(last)] if len(set(first)) == 1 else "not alike"


AS_ASKED = "as many as asked for"


def as_counts(counts: list[int], right: list[int], picture: Any) -> View:
    """How many rows of each class there are, in words and as a picture."""

    def says(word: str) -> str:
        return f"{word}: {', '.join(map(str, right if word == AS_ASKED else counts)) or 'none'}"

    return View(says, lambda *_: picture)


def in_words(value: Any) -> str:
    """A composition."""
    if value == "not alike":
        return "the batches are not made alike"
    first, last = ([*pair] for pair in value)
    return f"{first[0]} old and {first[1]} new rows in each batch, {last[0]} and {last[1]} in the last one"


def as_batches(batches: list[tuple[int, int]], right: list[tuple[int, int]]) -> View:
    """The composition in words; old rows by batch are drawn."""
    names = [f"batch {i}" for i in range(max(len(batches), len(right)))][:60]

    def old(of: list[tuple[int, int]]) -> list[int]:
        return [of[i][0] if i < len(of) else 0 for i in range(len(names))]

    return View(in_words, lambda *_: plots.bars("Old rows", names, old(batches), old(right), ylabel="rows"))


def wanted(it: Any) -> list[tuple[int, int]]:
    """What the batches of a pass should be made of."""
    fresh = it.batch_size - it.replayed
    left = len(it.new_y)
    sizes = [min(fresh, left - at) for at in range(0, left, fresh)]
    return [(it.replayed, size) for size in sizes]


def of_each_class(it: Any, rows: set[int]) -> list[int]:
    """How many different rows of each old class."""
    return torch.tensor([int(it.old_y[row]) for row in rows]).bincount(minlength=it.n_old).tolist() if rows else []


def passes_for(it: Any) -> int:
    """Passes after which each row of the buffer has come, but for a chance of one in a million: a row is missed by one
    draw with probability 1 - 1 / n."""
    draws = it.replayed * len(wanted(it))
    return -(-20 * it.per_class * it.n_old // draws)


@hidden_test(
    weight=3, says="How many old and new rows are in one batch, and does it depend on how many rows there are?"
)
def test_each_batch_has_its_share(student, given, expect):
    """Each batch has its share of old rows, and a pass has each new row once"""
    made_of = given.random.sample(MADE_OF, 2)
    for shape, off, (batch_size, replayed) in zip(
        ((given.integer(2, 4),), (1, 3, 3)), (-0.3, 0.3), made_of, strict=True
    ):
        it = rows_of(given, *shape, off=off, batch_size=batch_size, replayed=replayed)
        loader = made(student, it)
        for at, found in enumerate(recognised(student, expect, it, loader, 2)):
            expect(
                composition(found.batches),
                f"what batches are made of in pass {at + 1}",
                equals=composition(wanted(it)),
                view=as_batches(found.batches, wanted(it)),
            )
            once = sorted(row for row, _ in found.new) == list(range(len(it.new_y)))
            expect.that(once, f"pass {at + 1} has each row of the target once")
            expect.that(not found.strange, "each row is one of the source or of the target, unchanged")


@hidden_test(
    weight=2, says="Class 0 of the target: which number is it among all classes? And whose label is left alone?"
)
def test_labels(student, given, expect):
    """Old rows keep their labels, those of new rows begin after the old classes"""
    it = rows_of(given, given.integer(3, 5))
    [found] = recognised(student, expect, it, made(student, it), 1)
    shown = {"old": sorted({(int(it.old_y[r]), y) for r, y in found.old}), "new": []}
    shown["new"] = sorted({(int(it.new_y[row]), label) for row, label in found.new})
    right_new = [(c, c + it.n_old) for c in range(it.n_new)]
    right_old = sorted({(pair[0], pair[0]) for pair in shown["old"]})

    def says(pairs: list[Any]) -> str:
        return ", ".join(f"{a} as {b}" for a, b in pairs[:12]) or "none"

    expect([list(p) for p in shown["new"]], "labels of new rows", equals=[list(p) for p in right_new], view=View(says))
    expect([p[1] - p[0] for p in shown["old"]], "by how much labels of old rows differ", equals=[0] * len(right_old))
    expect.that(bool(found.old), "there are old rows")
    whole = isinstance(found.new[0][1], int) if found.new else False
    expect.that(whole, "labels are whole numbers")


@hidden_test(weight=3, says="Which rows of the source may be in the buffer, how many of each class, and for how long?")
def test_the_buffer(student, given, expect):
    """The buffer has per_class rows of each old class, none of the test, and stays the same"""
    for order in ("sorted", "shuffled"):
        it = rows_of(given, given.integer(2, 4), order=order)
        passes = recognised(student, expect, it, made(student, it), 2 * passes_for(it))
        rows = [{row for row, _ in found.old} for found in passes]
        half = len(rows) // 2
        first, second = set[int]().union(*rows[:half]), set[int]().union(*rows[half:])
        tested = first.intersection(it.test_rows)
        counts = of_each_class(it, first)
        right = [it.per_class] * it.n_old
        names = [f"class {c}" for c in range(it.n_old)]
        picture = plots.bars("Rows in the buffer", names, counts or [0] * it.n_old, right, ylabel="rows")
        label = f"whether test rows of a source whose rows are {order} are replayed"
        expect(bool(tested), label, equals=False)
        even = AS_ASKED if counts == right else "others"
        view = as_counts(counts, right, picture)
        label = f"different rows of each old class that are replayed in {half} passes, from a source that is {order}"
        expect(even, label, equals=AS_ASKED, view=view)
        classes = sum(count > 0 for count in counts)
        expect("all" if classes == it.n_old else "not all", "which old classes are replayed", equals="all")
        expect.that(first == second, "later passes have the same rows of the source as the first ones")


@hidden_test(weight=2, says="What does the seed decide, and what is new in the next pass?")
def test_the_seed_decides(student, given, expect):
    """The seed decides the buffer and the order; the next pass has another order"""
    it = rows_of(given, given.integer(2, 4), n_old=5, per_class=3)
    every = [made(student, it), made(student, it), made(student, it, it.seed + 1)]
    one, again, other = (recognised(student, expect, it, loader, passes_for(it)) for loader in every)
    expect.that(one[0].batches == wanted(it), "each batch is made as it should be")
    expect.that(one[0].old == again[0].old and one[0].new == again[0].new, "the same seed gives the same batches")
    expect.that([r for r, _ in one[0].new] != [r for r, _ in one[1].new], "the next pass has another order")
    buffers = [{row for found in passes for row, _ in found.old} for passes in (one, other)]
    expect.that(buffers[0] != buffers[1], "another seed chooses other rows for the buffer")
    expect.that([r for r, _ in one[0].new] != [r for r, _ in other[0].new], "another seed gives another order")
