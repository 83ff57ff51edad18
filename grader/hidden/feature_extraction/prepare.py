"""Hidden tests of `prepare`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import torch

from grader.hidden.feature_extraction.setups import not_so
from grader.hidden.registry import hidden_test
from grader.student.compare import same
from grader.student.expect import Expect
from grader.student.given import Given
from grader.student.proxy import Remote, Student
from grader.student.tensors import as_tensor
from grader.student.views import View

PARTS = ("train", "val", "test")


VARIES = 1e-3
"""Over twenty keys, one mean and std for all pictures differ by 2e-6 at most (rounding), those of batches of 1 to 32 by
0.038 at least."""


def crop(
    given: Given,
    plants: Sequence[int] | None = None,
    n_classes: int = 9,
    photos_each: Sequence[int] = (2, 3, 4),
    channels: int | None = None,
    far: bool = False,
) -> Any:
    """Pictures of plants, two to four a plant; as many classes as plants' parts cannot all hold.

    No two channels have the same mean or std. With `far` one std is so small that pixels become numbers far from 0.
    """
    channels = channels or given.choice([1, 3])
    plants = plants or given.distinct(given.integer(20, 24), 10, 400)
    photos = [given.choice(photos_each) for _ in plants]
    groups = torch.tensor([plant for plant, n in zip(plants, photos, strict=True) for _ in range(n)])
    names = given.names(n_classes)
    label_of = {plant: names[i % n_classes] for i, plant in enumerate(plants)}
    # Each plant has a brightness of its own, so that any two parts differ in their mean.
    light = {plant: 0.15 * float(given.tensor(1)) for plant in plants}
    noise = 0.2 * given.tensor(len(groups), channels, 5, 6)
    images = (0.5 + noise + torch.tensor([light[int(g)] for g in groups]).view(-1, 1, 1, 1)).clamp(0, 1)
    order = torch.randperm(len(groups), generator=given.generator)
    mean = [round(0.3 + 0.05 * i, 2) for i in given.distinct(channels, 0, 6)]
    std = [round(0.1 + 0.05 * i, 2) for i in given.distinct(channels, 1, 5)]
    if far:
        std[given.integer(0, channels - 1)] = 0.02
    return SimpleNamespace(
        images=images[order],
        groups=groups[order],
        labels=[label_of[int(g)] for g in groups[order]],
        mean=mean,
        std=std,
        seed=given.integer(0, 9999),
    )


@dataclass
class Part:
    """One part of the splits, understood: which picture each row is, whether mirrored, and its class by name."""

    x: torch.Tensor
    rows: list[int]
    mirrored: list[bool]
    ids: list[int]
    classes: list[str | None]
    names: list[str]


def prepared(
    student: Student, crop: Any, expect: Expect, images: torch.Tensor | None = None, seed: int | None = None
) -> dict[str, Part]:
    """What `prepare` gave, part by part. Ends the test where it is no Splits of pictures and ids."""
    card = student.tools.card(name="hidden", mean=crop.mean, std=crop.std, names=["some", "other", "classes"])
    images = crop.images if images is None else images
    splits = student.prepare(images, list(crop.labels), crop.groups, card, crop.seed if seed is None else seed)
    if not isinstance(splits, Remote):
        not_so(expect, "prepare returns Splits(train, val, test, names)")
    names = splits.names
    if not isinstance(names, (list, tuple)):
        not_so(expect, "names is a list of the class names")
    return {name: understood(name, getattr(splits, name), list(names), images, expect) for name in PARTS}


def understood(name: str, split: Any, names: list[Any], images: torch.Tensor, expect: Expect) -> Part:
    """A Split, row by row."""
    if not isinstance(split, Remote):
        not_so(expect, f"{name} is a Split(x, y)")
    try:
        x, y = as_tensor(split.x).float(), as_tensor(split.y)
    except (TypeError, ValueError):
        not_so(expect, f"x and y of {name} are tensors or arrays")
    if x.ndim != 4 or x.shape[1:] != images.shape[1:]:
        not_so(expect, f"the pictures in {name} have the shape that they came in, (N, C, H, W)")
    if y.shape != x.shape[:1] or y.is_floating_point() or y.dtype == torch.bool:
        not_so(expect, f"y of {name} has one whole number for each picture")
    both = shape_of(torch.cat([images, images.flip(-1)]))
    alike, which = (shape_of(x) @ both.T).max(1) if len(x) else (torch.zeros(0), torch.zeros(0, dtype=torch.int64))
    if not bool((alike > 0.999).all()):
        not_so(expect, f"the pictures in {name} are those given, but for brightness, contrast and mirroring")
    classes = [names[i] if 0 <= i < len(names) else None for i in y.tolist()]
    return Part(
        x, [int(w) % len(images) for w in which], [int(w) >= len(images) for w in which], y.tolist(), classes, names
    )


def shape_of(x: torch.Tensor) -> torch.Tensor:
    """Each picture without its brightness and contrast, as a row of length 1 (N, C * H * W)."""
    x = x.double() - x.double().mean((2, 3), keepdim=True)
    x = x / x.square().sum((2, 3), keepdim=True).sqrt().clamp_min(1e-12)
    return x.flatten(1) / x.shape[1] ** 0.5


def divided(parts: dict[str, Part], crop: Any, expect: Expect) -> bool:
    """Whether there are three parts at all: all pictures are somewhere, none of the parts holds all of them."""
    n = len(crop.images)
    every = set().union(*(part.rows for part in parts.values())) == set(range(n))
    real = all(0 < len(set(part.rows)) < n for part in parts.values())
    return expect.that(every and real, "the pictures are divided into train, val and test")


def statistics_used(name: str, parts: dict[str, Part], crop: Any) -> str:
    """With whose mean and std a part was normalised."""
    part = parts[name]
    original = crop.images[part.rows]
    original = torch.where(torch.tensor(part.mirrored).view(-1, 1, 1, 1), original.flip(-1), original)

    def with_(mean: Any, std: Any, atol: float) -> bool:
        mean, std = (torch.as_tensor(v).view(1, -1, 1, 1) for v in (mean, std))
        return same(part.x, (original - mean) / std, atol, rtol=atol)

    def of(rows: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
        return crop.images[rows].mean((0, 2, 3)), crop.images[rows].std((0, 2, 3))

    if with_(crop.mean, crop.std, 2e-5):
        return "the card's"
    if with_(crop.mean[:1], crop.std[:1], 2e-5):
        return "the card's for the first channel, in all channels"
    its_own = same(part.x.mean((0, 2, 3)), torch.zeros(part.x.shape[1]), 1e-3) and name != "train"
    if its_own or varies(part.x, original):
        return "its own, or those of each batch"
    # Half a percent: dividing by N or by N - 1 shifts the std by 0.03 %; any two parts differ by more than 2 %.
    for whose, rows in (("those of all pictures", [*range(len(crop.images))]), ("train's", parts["train"].rows)):
        if with_(*of(rows), 5e-3):
            return whose
    return "others"


def varies(x: torch.Tensor, original: torch.Tensor) -> bool:
    """Whether pictures (N, C, H, W) became `x` with a mean and std that are not the same for all of them."""
    x, original = x.double().flatten(2), original.double().flatten(2)
    deviation = original - original.mean(2, keepdim=True)
    scale = (deviation * x).sum(2) / deviation.square().sum(2)
    shift = x.mean(2) - scale * original.mean(2)
    return any(bool((v - v[:1]).abs().max() > VARIES) for v in (scale, shift))


BY_PART = View(lambda by_part: "; ".join(f"{name}: {what}" for name, what in by_part.items()))


@hidden_test(weight=2, says="Which pictures did the backbone get to know, and how were they normalised?")
def test_the_cards_mean_and_std_are_used(student, given, expect):
    """Every part is normalised with the mean and std of the card"""
    field = crop(given, channels=given.choice([2, 3]), far=True)
    parts = prepared(student, field, expect)
    if divided(parts, field, expect):
        used = {name: statistics_used(name, parts, field) for name in PARTS}
        expect(used, "mean and std", equals=dict.fromkeys(PARTS, "the card's"), view=BY_PART)


@hidden_test(weight=2, says="Deal out plants, not pictures.")
def test_plants_are_not_split(student, given, expect):
    """All pictures of a plant are in one part, and the parts are as large as asked for"""
    few = given.distinct(5, 0, 90)
    # Numbers of which types that are too small make one and the same, once by what they drop, once by rounding.
    large = [2**32 * i for i in given.distinct(20, 0, 400)]
    adjoining = [2**60 + i for i in range(20)]
    for plants in (None, few, large, adjoining):
        field = crop(given, plants, n_classes=9 if plants is not few else 3)
        if not as_large_as_asked_for(prepared(student, field, expect), field, expect):
            return  # an answer that goes through all numbers up to the largest is not asked about large ones


def as_large_as_asked_for(parts: dict[str, Part], field: Any, expect: Expect) -> bool:
    """Whether no plant is in two parts, and val and test have about a fifth of the plants."""
    if not divided(parts, field, expect):
        return False
    plants = {name: {int(field.groups[row]) for row in part.rows} for name, part in parts.items()}
    total = len(field.groups.unique())
    good = expect.that(sum(map(len, plants.values())) == total, "no plant is in two parts")
    for name in ("val", "test"):
        share = len(plants[name]) / total
        good = expect.that(0.1 <= share <= 0.3, f"about a fifth of the plants is in {name}") and good
    return good


@hidden_test(weight=2, says="Number the classes once, before anything is divided.")
def test_class_ids_mean_the_same_everywhere(student, given, expect):
    """A class id means the same class in every part, the one that `names` says"""
    many = given.distinct(300, 0, 5000)  # more classes than the smallest types of numbers can tell apart
    for field in (crop(given), crop(given, many, n_classes=290, photos_each=[1], channels=1)):
        parts = prepared(student, field, expect)
        if not divided(parts, field, expect):
            return
        classes = sorted(set(field.labels))
        names = parts["train"].names
        expect(len(names), "how many entries names has", equals=len(classes))
        listed = sorted(map(str, names)) == classes
        expect.that(listed, "names lists every class once, and nothing else")
        pairs = {(i, field.labels[row]) for part in parts.values() for i, row in zip(part.ids, part.rows, strict=True)}
        expect.that(len(pairs) == len(classes), "each class has one id, the same in train, val and test")
        for name, part in parts.items():
            right = part.classes == [field.labels[row] for row in part.rows]
            expect.that(right, f"names[y] is the class of each picture in {name}")


@hidden_test(weight=2, says="What may be learned from twice, and what is only there to be asked?")
def test_only_training_pictures_are_mirrored(student, given, expect):
    """Training pictures are there twice, as they are and mirrored; val and test pictures once"""
    field = crop(given)
    parts = prepared(student, field, expect)
    if not divided(parts, field, expect):
        return
    twice, once = "each picture and its mirror image", "each picture once"
    found = {}
    for name, part in parts.items():
        seen = sorted(zip(part.rows, part.mirrored, strict=True))
        rows = sorted(set(part.rows))
        if seen == [(row, mirrored) for row in rows for mirrored in (False, True)]:
            found[name] = twice
        elif seen == [(row, False) for row in rows]:
            found[name] = once
        else:
            found[name] = "mirror images without their picture, or pictures without theirs"
    expect(found, "what is there", equals={"train": twice, "val": once, "test": once}, view=BY_PART)


@hidden_test(weight=2, says="What decides which plant goes where, and what must know nothing of the test pictures?")
def test_the_seed_decides_and_test_pictures_do_not(student, given, expect):
    """The seed decides the parts, and test pictures have no influence on the others"""
    field = crop(given)
    first, again = prepared(student, field, expect), prepared(student, field, expect)
    if not divided(first, field, expect):
        return
    repeated = all(same(again[name].x, first[name].x, 1e-6) for name in PARTS)
    if not expect.that(repeated, "the same seed gives the same parts"):
        return
    others = [prepared(student, field, expect, seed=field.seed + i) for i in (1, 2, 3)]
    differ = any(set(other["test"].rows) != set(first["test"].rows) for other in others)
    expect.that(differ, "other seeds give other parts")
    edited = field.images.clone()
    edited[first["test"].rows] = 1 - 0.5 * edited[first["test"].rows].sqrt()
    after = prepared(student, field, expect, images=edited)
    unmoved = all(same(after[name].x, first[name].x, 1e-6) for name in ("train", "val"))
    expect.that(unmoved, "train and val are the same when only test pictures change")
    chosen = after["test"].rows == first["test"].rows
    expect.that(chosen, "the same pictures are in test when only they change")
    told = sorted(set(field.labels))
    swapped = dict(zip(told, told[1:] + told[:1], strict=True))
    relabelled = replaced(field, labels=[swapped[label] for label in field.labels])
    repainted = replaced(field, images=(1 - field.images.roll(1, 0)).square())
    for other, what in ((repainted, "pixels"), (relabelled, "labels")):
        same_rows = rows_of(prepared(student, other, expect)) == rows_of(first)
        expect.that(same_rows, f"each picture is in the part that it was in when only the {what} are others")


def replaced(crop: Any, **others: Any) -> Any:
    """The crop with other labels or pictures."""
    return SimpleNamespace(**{**vars(crop), **others})


def rows_of(parts: dict[str, Part]) -> dict[str, set[int]]:
    """Which pictures are in which part."""
    return {name: set(part.rows) for name, part in parts.items()}


@hidden_test(weight=1, says="Which plants can never come into test? Will the pictures that come later be like them?")
def test_every_plant_can_come_into_every_part(student, given, expect):
    """Over many seeds, every plant comes into val and into test, and the shares are as asked for each time"""
    n = 10
    plants = torch.tensor(given.distinct(n, 0, 400))
    images = (torch.arange(n) / n).view(n, 1, 1, 1).expand(n, 1, 2, 2).contiguous()
    card = student.tools.card(name="hidden", mean=[0.5], std=[0.25], names=[])
    seen: dict[str, set[int]] = {"val": set(), "test": set()}
    sizes = []
    for seed in given.distinct(120, 0, 99999):
        splits = student.prepare(images, [str(i % 3) for i in range(n)], plants, card, seed)
        for name, rows in seen.items():
            x = as_tensor(getattr(splits, name).x).flatten()
            found = {round(float(v) * n) for v in 0.25 * x + 0.5}
            sizes.append(len(found))
            rows |= found
        # Then one plant is missed with a probability of 1e-4 at most where each is as likely as the others.
        if n * (1 - min(sizes) / n) ** (len(sizes) / 2) < 1e-4:
            break
    fair = 0.1 * n <= min(sizes) and max(sizes) <= 0.3 * n
    expect.that(fair, "about a fifth of the plants is in val, and about a fifth in test, whatever the seed")
    for name, rows in seen.items():
        expect.that(len(rows) == n, f"with one seed or another, every plant comes into {name}")


@hidden_test(weight=1, says="Whose are the pictures, and what will their owner do with them next?")
def test_what_is_given_stays_as_it_is(student, given, expect):
    """Pictures, labels and groups are not changed"""
    field = crop(given)
    if not divided(prepared(student, field, expect), field, expect):
        return
    card = student.tools.card(name="hidden", mean=field.mean, std=field.std, names=[])
    mine = {"pictures": field.images, "labels": list(field.labels), "groups": field.groups}
    held = [student.tools.copied.kept(value) for value in mine.values()]
    student.prepare.kept(*held, card, field.seed)
    for (what, value), after in zip(mine.items(), held, strict=True):
        expect.that(same(student.tools.copied(after), value), f"the {what} are as they were")
