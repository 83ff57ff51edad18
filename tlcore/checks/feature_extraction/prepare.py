"""Public check of `prepare`."""

import inspect

import torch

from tlcore import plots


def check(prepare, show):
    from tlcore.checkpoints.card import Card

    # 30 plants with 2 photos each, of three illnesses. Photo i has the value i / 100 at its left edge, and 1 elsewhere.
    plants, illnesses = torch.arange(30).repeat_interleave(2), ["rust", "mildew", "blight"]
    labels = [illnesses[int(p) % 3] for p in plants]
    images = torch.ones(60, 1, 4, 4)
    images[:, 0, :, 0] = (torch.arange(60) / 100).view(-1, 1)
    card = Card("a card", mean=(0.5,), std=(0.25,))
    show.tried("60 photos of 30 plants (two each), three illnesses; card with mean 0.5 and std 0.25; seed 3")
    given = images.clone(), list(labels), plants.clone()
    splits = prepare(images, labels, plants, card, 3)
    inspect.unwrap(prepare)(images, labels, plants, card, 3)  # with these very pictures, not with copies
    untouched = torch.equal(images, given[0]) and labels == given[1] and torch.equal(plants, given[2])
    show.that(
        untouched,
        "pictures, labels and groups are as they were",
        "Make new ones instead: `x = x - mean` does, `x -= mean` changes the caller's.",
    )
    if not untouched:
        return
    listed = isinstance(splits.names, (list, tuple))
    show.that(listed, "names is a list", f"It is a {type(splits.names).__name__}.")
    if listed:
        show.expect("names, sorted", sorted(map(str, splits.names)), sorted(illnesses), "Each class once.")
    parts = {"train": splits.train, "val": splits.val, "test": splits.test}
    pictures = {name: torch.as_tensor(part.x).float() for name, part in parts.items()}
    ids = {name: [int(i) for i in part.y] for name, part in parts.items()}
    largest = [round(float(x.max()), 3) if len(x) else None for x in pictures.values()]
    same = show.expect(
        "largest pixel of train, val, test: (1 - 0.5) / 0.25",
        largest,
        [2.0, 2.0, 2.0],
        "Which mean and std did the pretrained backbone get to know?",
        atol=1e-3,
    )
    if not same:
        return
    # Undo the normalisation; a picture that is not mirrored has its number at the left edge.
    left, right = ({name: (x[:, 0, 0, at] * 0.25 + 0.5) for name, x in pictures.items()} for at in (0, 3))
    numbers = {name: [round(100 * v) for v in torch.minimum(left[name], right[name]).tolist()] for name in parts}
    mirrored = {name: int((right[name] < left[name]).sum()) for name in parts}
    kept = {name: sorted(set(n)) for name, n in numbers.items()}
    homes = [[name for name in parts if {2 * p, 2 * p + 1} & set(kept[name])] for p in range(30)]
    show.expect(
        "plants whose photos are in more than one part",
        [p for p, home in enumerate(homes) if len(home) > 1],
        [],
        "Deal out plants, not photos.",
    )
    show.expect("photos that are in no part", sorted(set(range(60)) - {n for k in kept.values() for n in k}), [])
    count = {name: len(k) // 2 for name, k in kept.items()}
    for name in ("val", "test"):
        show.that(
            3 <= count[name] <= 9, f"{name} has 3 to 9 of the 30 plants (about a fifth)", f"It has {count[name]}."
        )
    show.expect(
        "mirrored photos",
        mirrored,
        {"train": len(kept["train"]), "val": 0, "test": 0},
        "Augmentation is for training, after the data was divided.",
    )
    show.expect(
        "rows",
        {name: len(n) for name, n in numbers.items()},
        {"train": 2 * len(kept["train"]), "val": len(kept["val"]), "test": len(kept["test"])},
    )
    for name in parts:
        said = [splits.names[i] if i < len(splits.names) else "?" for i in ids[name]]
        show.expect(
            f"names[y] in {name}", said, [labels[n] for n in numbers[name]], "Number the classes once, for all parts."
        )
    show.tried("the same with seed 3 again, and with seeds 4, 5 and 6")
    again, other = (
        prepare(images, labels, plants, card, 3),
        [prepare(images, labels, plants, card, seed) for seed in (4, 5, 6)],
    )
    show.that(
        torch.equal(torch.as_tensor(again.test.x).float(), pictures["test"]),
        "the same seed gives the same parts",
        "Which random numbers did the seed not decide?",
    )
    show.that(
        any(not torch.equal(torch.as_tensor(o.test.x).float(), pictures["test"]) for o in other),
        "other seeds give other parts",
        "Is the seed used at all?",
    )
    # How many plants val and test get is free within bounds: what is allowed is drawn as it is.
    val, test = (count[name] if 3 <= count[name] <= 9 else 6 for name in ("val", "test"))
    show.picture(
        plots.bars(
            "Plants in each part",
            list(count),
            list(count.values()),
            [30 - val - test, val, test],
            ylabel="plants",
            caption="Val and test may have 3 to 9 each.",
        )
    )
    show.untried(
        "pictures of several channels, plants with large numbers or gaps, few plants, many classes, "
        "a class that a part lacks, other labels or pixels with the same plants, whether every plant can come into test"
    )
