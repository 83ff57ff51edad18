"""Public check of `replay_loader`."""

import torch

from tlcore import plots

TEST_ROWS = [0, 1, 4, 5, 8, 9]
"""Two of the four rows of each class."""


def check(replay_loader, show):
    # Each row is its own number, so that it can be recognised: 0 to 11 are old, 100 to 112 are new.
    source = (torch.arange(12.0)[:, None], torch.arange(12) // 4)
    target = (torch.arange(100.0, 113.0)[:, None], torch.arange(13) % 2)
    show.tried("12 old rows of 3 classes, sorted; 13 new rows of 2 classes; batches of 5 with a share of 0.4")
    loader = replay_loader(source, target, TEST_ROWS, 1, 0.4, 5, 0)
    if not show.that(loader is not None, "something is returned", "Is there a `return` at the end of your function?"):
        return
    passes = [[(x.flatten().tolist(), y.tolist()) for x, y in loader] for _ in range(2)]
    if not show.that(
        bool(passes[0]) and bool(passes[1]),
        "there are batches in the first pass and in the second one",
        "A generator is empty after one pass. An object with `__iter__`, or a DataLoader, begins anew.",
    ):
        return
    old = [sum(row < 100 for row in rows) for rows, _ in passes[0]]
    new = [sum(row >= 100 for row in rows) for rows, _ in passes[0]]
    show.expect("old rows in each batch", old, [2, 2, 2, 2, 2], "Is the share one of each batch?")
    show.expect("new rows in each batch", new, [3, 3, 3, 3, 1], "The last batch has the new rows that are left.")
    names = [f"batch {i}" for i in range(max(len(old), 5))][:20]
    show.picture(plots.bars("Old rows", names, (old + [0] * 5)[: len(names)], ([2] * 5 + [0] * 20)[: len(names)]))
    every = [
        (row, label) for batches in passes for rows, labels in batches for row, label in zip(rows, labels, strict=True)
    ]
    fresh = sorted(row for rows, _ in passes[0] for row in rows if row >= 100)
    show.expect("new rows in a pass, sorted", fresh, [float(row) for row in range(100, 113)], "Each comes once.")
    labels = sorted({(int(row - 100) % 2, label) for row, label in every if row >= 100})
    show.expect(
        "new classes and their labels", labels, [(0, 3), (1, 4)], "There are three old classes: 0, 1 and 2 are taken."
    )
    kept = [label for row, label in every if row < 100]
    right = [int(row // 4) for row, _ in every if row < 100]
    show.expect("labels of old rows", kept, right, "They stay as they are.")
    tested = sorted({row for row, _ in every if row < 100 and row in TEST_ROWS})
    show.expect("test rows that are replayed", tested, [], "Forgetting is measured on rows that nobody trains on.")

    show.tried("twelve more passes of the same loader")
    more = {row for _ in range(12) for x, _ in loader for row in x.flatten().tolist() if row < 100}
    classes = sorted(int(row // 4) for row in more)
    show.expect(
        "old classes of the rows that came", classes, [0, 1, 2], "One row of each class, and always the same ones."
    )
    first, second = ([row for rows, _ in batches for row in rows if row >= 100] for batches in passes)
    show.that(first != second, "the second pass has another order of the new rows", "Draw the order anew in each pass.")

    show.tried("the same seed again")
    again = replay_loader(source, target, TEST_ROWS, 1, 0.4, 5, 0)
    same = [(x.flatten().tolist(), y.tolist()) for x, y in again] == passes[0]
    show.that(same, "it gives the same batches", "Give your generator the seed; torch's global one is used by others.")
    show.untried("pictures, sources in random order, larger buffers, and other seeds")
