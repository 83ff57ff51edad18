"""Public check of `mlm_batch`."""

import inspect

import torch

from tlcore import plots

PAD, BEGIN, END, MASK = 0, 1, 2, 4


def _share(inputs, ids, word):
    return round(float((inputs != ids)[word].float().mean()), 2)


def check(mlm_batch, show):
    ids = torch.tensor([[BEGIN, 11, 12, 13, END, PAD, PAD], [BEGIN, 21, 22, 23, 24, 25, END]]).repeat(40, 1)
    kept = ids.clone()
    word = ids > 4
    gen = torch.Generator().manual_seed(0)
    show.tried("80 headlines, special ids 0, 1, 2, the mask is 4, p = 0.5")
    # With these very ids, not with a copy.
    answer = inspect.unwrap(mlm_batch)(ids, [PAD, BEGIN, END], MASK, 0.5, gen)
    right = isinstance(answer, (tuple, list)) and len(answer) == 2
    if not show.that(right, "inputs and labels are returned", "Is there a `return` with both?"):
        return
    inputs, labels = answer
    same = show.that(
        torch.equal(ids, kept), "ids are as they were", "They are needed in the next epoch: write into a copy."
    )
    if not same:
        inputs, labels = mlm_batch(kept.clone(), [PAD, BEGIN, END], MASK, 0.5, gen)
    hidden = inputs != kept
    show.expect(
        "what stands in the place of hidden words", sorted(set(inputs[hidden].tolist())), [MASK], "The mask id."
    )
    show.that(
        not hidden[~word].any(),
        "no special id is hidden",
        "Padding, begin and end are no words: there is nothing to guess.",
    )
    show.that(
        torch.equal(labels[hidden], kept[hidden]),
        "labels of hidden words are the words",
        "The labels come from ids as they were, before anything was hidden.",
    )
    show.that(
        bool((labels[~hidden] == -100).all()),
        "labels of all else are -100",
        "The loss ignores -100. A word that the input shows is nothing to predict.",
    )
    far = abs(_share(inputs, kept, word) - 0.5)
    show.that(far < 0.15, "about half of the words are hidden", "Each word with probability p, and 0.5 is p here.")
    counts = [int(row.sum()) for row in hidden[1::2]]
    show.picture(
        plots.bars(
            "How many of five words are hidden, in forty headlines",
            [str(n) for n in range(6)],
            [counts.count(n) for n in range(6)],
            ylabel="headlines",
            caption="On average it is 1, 6, 13, 13, 6 and 1 (binomial); chance moves each by a few.",
        )
    )
    show.that(len(set(counts)) > 1, "not all headlines lose the same number of words", "Each word by itself.")
    rows = {tuple(row) for row in hidden[1::2].tolist()}
    show.that(
        len(rows) > 5, "headlines are not all masked alike", "One random number for each position of each headline."
    )

    show.tried("again: with the same generator, and with two new ones of the same seed")
    again, _ = mlm_batch(kept.clone(), [PAD, BEGIN, END], MASK, 0.5, gen)
    show.that(not torch.equal(again, inputs), "the next call hides other words", "A new mask in each epoch.")
    pair = [
        mlm_batch(kept.clone(), [PAD, BEGIN, END], MASK, 0.5, torch.Generator().manual_seed(7))[0] for _ in range(2)
    ]
    show.that(torch.equal(*pair), "one seed gives one batch", "Do your random numbers come from `gen`?")

    show.tried("p = 0.1")
    share = _share(mlm_batch(kept.clone(), [PAD, BEGIN, END], MASK, 0.1, gen)[0], kept, word)
    show.that(
        0.02 < share < 0.2,
        "about a tenth of the words is hidden",
        "Is p used as it is given, and is no word hidden for another reason?",
    )
    show.untried("p = 0 and 1, other special ids, the types of inputs and labels, and exact shares")
