"""Wrong ideas about `prepare`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from tlcore.checkpoints.card import Card
from tlcore.misconceptions.registry import misconception
from tlcore.reference.feature_extraction.prepare import Split, Splits
from tlcore.reference.feature_extraction.prepare import prepare as sound

Labels = Sequence[str]


def _raw(images: Tensor, labels: Labels, groups: Tensor, card: Card, seed: int) -> Splits:
    """The sound splits, before any normalisation."""
    channels = len(card.mean)
    return sound(images, labels, groups, replace(card, mean=(0.0,) * channels, std=(1.0,) * channels), seed)


def _mapped(splits: Splits, change: Callable[[Tensor], Tensor]) -> Splits:
    train, val, test = (Split(change(part.x), part.y) for part in (splits.train, splits.val, splits.test))
    return Splits(train, val, test, splits.names)


def _with_statistics_of(pictures: Tensor) -> Callable[[Tensor], Tensor]:
    mean, std = (f(pictures, dim=(0, 2, 3), keepdim=True) for f in (torch.mean, torch.std))
    return lambda x: (x - mean) / std


@misconception(asks="Which pictures took part in the mean and std, and which of them were you not to know yet?")
def statistics_of_all_pictures(images: Tensor, labels: Labels, groups: Tensor, card: Card, seed: int) -> Splits:
    """Test pictures take part in how training pictures look."""
    return _mapped(_raw(images, labels, groups, card, seed), _with_statistics_of(images))


@misconception(asks="The backbone is frozen. Which mean and std did it get to know in pretraining?")
def statistics_of_the_training_pictures(
    images: Tensor, labels: Labels, groups: Tensor, card: Card, seed: int
) -> Splits:
    """Right for a model that learns from the start; a frozen backbone expects what it was pretrained on."""
    splits = _raw(images, labels, groups, card, seed)
    return _mapped(splits, _with_statistics_of(splits.train.x))


@misconception(asks="Is one and the same picture one and the same tensor, whichever part it is in?")
def each_part_by_itself(images: Tensor, labels: Labels, groups: Tensor, card: Card, seed: int) -> Splits:
    """Each part with its own mean and std: what makes it differ from the others is wiped out."""
    return _mapped(_raw(images, labels, groups, card, seed), lambda x: _with_statistics_of(x)(x))


@misconception(asks="Which other pictures have a say in how a picture looks? Will they be there next time?")
def each_batch_by_itself(images: Tensor, labels: Labels, groups: Tensor, card: Card, seed: int) -> Splits:
    """Each batch (or each picture) with its own mean and std: a picture's tensor depends on its neighbours."""
    splits = _raw(images, labels, groups, card, seed)
    return _mapped(splits, _batch_by_batch)


def _batch_by_batch(x: Tensor) -> Tensor:
    return torch.cat([_with_statistics_of(batch)(batch) for batch in x.split(8)])


@misconception(asks="The backbone sees train as it knows pictures. How does it see val and test?")
def own_statistics_at_test_time(images: Tensor, labels: Labels, groups: Tensor, card: Card, seed: int) -> Splits:
    """Train by the card; val and test by what is at hand then, the mean and std of their own batches (or parts)."""
    splits, raw = sound(images, labels, groups, card, seed), _raw(images, labels, groups, card, seed)
    splits.val.x, splits.test.x = _batch_by_batch(raw.val.x), _batch_by_batch(raw.test.x)
    return splits


@misconception(asks="What do you want to learn from val and test, and do mirror images tell you more of it?")
def every_part_mirrored(images: Tensor, labels: Labels, groups: Tensor, card: Card, seed: int) -> Splits:
    """Augmentation is for training: val and test stand for the pictures that will come."""
    splits = sound(images, labels, groups, card, seed)
    for part in (splits.val, splits.test):
        part.x, part.y = torch.cat([part.x, part.x.flip(-1)]), torch.cat([part.y, part.y])
    return splits


def _by_rows(x: Tensor, labels: Labels, card: Card, seed: int) -> Splits:
    """Rows dealt out one by one; train as it is."""
    names = sorted(set(labels))
    y = torch.tensor([names.index(label) for label in labels])
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(seed))
    x, fifth = card.normalise(x), len(x) // 5
    rows = (order[2 * fifth :], order[:fifth], order[fifth : 2 * fifth])
    train, val, test = (Split(x[r], y[r]) for r in rows)
    return Splits(train, val, test, names)


@misconception(asks="Where can a picture's mirror image end up, once it is a picture like any other?")
def mirrored_before_the_split(images: Tensor, labels: Labels, groups: Tensor, card: Card, seed: int) -> Splits:
    """A picture in train, its mirror image in test: the test asks for what was learned by heart."""
    return _by_rows(torch.cat([images, images.flip(-1)]), [*labels, *labels], card, seed)


@misconception(asks="How alike are two pictures of one plant?")
def rows_split_not_plants(images: Tensor, labels: Labels, groups: Tensor, card: Card, seed: int) -> Splits:
    """Pictures of one plant on both sides: the plant can be recognised instead of its illness."""
    splits = _by_rows(images, labels, card, seed)
    train = splits.train
    splits.train = Split(torch.cat([train.x, train.x.flip(-1)]), torch.cat([train.y, train.y]))
    return splits


@misconception(asks="A class that is missing from val: which ids do the classes after it get there?")
def ids_of_each_part(images: Tensor, labels: Labels, groups: Tensor, card: Card, seed: int) -> Splits:
    """`unique()` of each part: one id stands for different classes where a part lacks one."""
    splits = sound(images, labels, groups, card, seed)
    for part in (splits.train, splits.val, splits.test):
        part.y = torch.unique(part.y, return_inverse=True)[1]
    return splits


@misconception(asks="In which order are `names`, and in which order did you number the classes?")
def names_in_another_order(images: Tensor, labels: Labels, groups: Tensor, card: Card, seed: int) -> Splits:
    """Ids by the alphabet, names in the order of the list (folders are sorted, one's own list of classes is not)."""
    splits = sound(images, labels, groups, card, seed)
    splits.names = list(dict.fromkeys(labels))
    return splits


@misconception(asks="Call it twice with one seed. Which random numbers did the seed not decide?")
def seed_ignored(images: Tensor, labels: Labels, groups: Tensor, card: Card, seed: int) -> Splits:
    """Another split at each call: results can be neither repeated nor compared."""
    return sound(images, labels, groups, card, int(torch.randint(2**31, ())))


@misconception(asks="A card has a mean and a std for each channel. Which of them did each channel get?")
def first_channel_for_all(images: Tensor, labels: Labels, groups: Tensor, card: Card, seed: int) -> Splits:
    """`card.mean[0]` for every channel: right for grey pictures only."""
    return _mapped(_raw(images, labels, groups, card, seed), lambda x: (x - card.mean[0]) / card.std[0])


@misconception(asks="Whose pictures do `-=` and `/=` change?")
def normalised_in_place(images: Tensor, labels: Labels, groups: Tensor, card: Card, seed: int) -> Splits:
    """The caller's pictures are changed: who calls it a second time normalises what was normalised."""
    splits = sound(images, labels, groups, card, seed)
    images.copy_(card.normalise(images))
    return splits


@misconception(asks="Which way does a mirror turn a picture, and what does each dimension of (N, C, H, W) stand for?")
def upside_down(images: Tensor, labels: Labels, groups: Tensor, card: Card, seed: int) -> Splits:
    """Flipped along the height."""
    splits = sound(images, labels, groups, card, seed)
    x = splits.train.x[: len(splits.train.x) // 2]
    splits.train.x = torch.cat([x, x.flip(-2)])
    return splits


@misconception(asks="How many times is each photo to be in train, and is it there as it is?")
def mirrored_instead(images: Tensor, labels: Labels, groups: Tensor, card: Card, seed: int) -> Splits:
    """Only the mirror images: the photos themselves are gone."""
    splits = sound(images, labels, groups, card, seed)
    half = len(splits.train.x) // 2
    splits.train = Split(splits.train.x[half:], splits.train.y[half:])
    return splits


@misconception(asks="Augmentation is for training. Which photos are there only once?")
def nothing_mirrored(images: Tensor, labels: Labels, groups: Tensor, card: Card, seed: int) -> Splits:
    """Train without its mirror images."""
    splits = sound(images, labels, groups, card, seed)
    half = len(splits.train.x) // 2
    splits.train = Split(splits.train.x[:half], splits.train.y[:half])
    return splits


@misconception(asks="Two seeds: which plants are in test with the one, and which with the other?")
def one_division_for_all_seeds(images: Tensor, labels: Labels, groups: Tensor, card: Card, seed: int) -> Splits:
    """The seed is taken and not used: every repetition has the same test."""
    return sound(images, labels, groups, card, 0)


@misconception(asks="How many entries does `names` have, and how many classes are there?")
def a_name_for_each_photo(images: Tensor, labels: Labels, groups: Tensor, card: Card, seed: int) -> Splits:
    """`names` is the list of labels: a head for it would have an output for each photo."""
    splits = sound(images, labels, groups, card, seed)
    for part in (splits.train, splits.val, splits.test):
        part.y = torch.tensor([list(labels).index(splits.names[i]) for i in part.y])
    splits.names = list(labels)
    return splits
