"""`python -m tlcore.pretraining.hub`: make the models of the offline hub again, about a minute on one core."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from torch import Tensor

from tlcore.checkpoints.hub import CARD, HUB
from tlcore.data import ImageSet, leaves, real_digits, stroke_digits
from tlcore.models import TinyNet
from tlcore.pretraining.recipes import TEST_SEED, TRAIN_SEED
from tlcore.training import accuracy, train


@dataclass(frozen=True)
class Entry:
    """How a model of the hub is made."""

    data: Callable[[int, int], ImageSet]
    """`data(n, seed)`: the source."""
    trained_on: str
    source: str
    licence: str
    widths: tuple[int, ...] = (16, 32)
    units: tuple[float, float] | None = None
    """Mean and std for normalising; those of the data unless given."""
    rows: int = 4_000
    steps: int = 900


def _relabelled(label: Callable[[ImageSet], Tensor], names: tuple[str, ...]) -> Callable[[int, int], ImageSet]:
    def data(n: int, seed: int) -> ImageSet:
        digits = stroke_digits(n, seed)
        return ImageSet(digits.images, label(digits), names, digits.groups)

    return data


def _ink(digits: ImageSet) -> Tensor:
    return torch.bucketize(digits.images.mean((1, 2, 3)), torch.tensor([0.16, 0.19, 0.22, 0.25]))


def _scans(n: int, seed: int) -> ImageSet:
    return real_digits("test" if seed == TEST_SEED else "train")


def _leaves(n: int, seed: int) -> ImageSet:
    return leaves("source", n // 40, seed, photos_per_plant=1)


DRAWN = "digits drawn by a program"
ENTRIES: dict[str, Entry] = {
    "strokes-net": Entry(stroke_digits, "strokes", DRAWN, "mit"),
    "strokes-slim": Entry(stroke_digits, "strokes", DRAWN, "apache-2.0", widths=(8, 16), units=(0.5, 0.25)),
    "strokes-large": Entry(stroke_digits, "strokes", DRAWN, "mit", widths=(32, 64), units=(0.1, 0.5)),
    "strokes-pro": Entry(stroke_digits, "strokes", DRAWN, "cc-by-nc-4.0", widths=(20, 40), units=(0.0, 1.0)),
    "parity-net": Entry(
        _relabelled(lambda digits: digits.labels % 2, ("even", "odd")),
        "strokes",
        f"{DRAWN}, labelled even or odd",
        "mit",
        units=(0.3, 0.2),
    ),
    "ink-net": Entry(
        _relabelled(_ink, ("very light", "light", "medium", "dark", "very dark")),
        "strokes",
        f"{DRAWN}, labelled by how much ink they have",
        "bsd-3-clause",
        units=(0.5, 0.5),
    ),
    "scans-net": Entry(_scans, "uci-digits", "the handwritten digits of the UCI", "cc-by-4.0"),
    "leaves-net": Entry(_leaves, "leaves", "photos of diseased leaves in the lab", "apache-2.0", steps=300),
}
"""The models of the hub by name."""


def make(name: str, folder: Path) -> dict[str, Any]:
    """Train one model, write its folder, and give its card."""
    entry = ENTRIES[name]
    data, test = entry.data(entry.rows, TRAIN_SEED), entry.data(1_000, TEST_SEED)
    channels = data.images.shape[1]
    if entry.units is None:
        mean, std = data.images.mean((0, 2, 3)).tolist(), data.images.std((0, 2, 3)).tolist()
    else:
        mean, std = [entry.units[0]] * channels, [entry.units[1]] * channels
    mean, std = [round(v, 4) for v in mean], [round(v, 4) for v in std]
    torch.manual_seed(0)
    model = TinyNet(data.n_classes, channels, entry.widths, dropout=0.0)
    x, y = data.normalised(mean, std)
    train(model, (x, y), steps=entry.steps, lr=3e-3, batch_size=64, cosine=True)
    card = {
        "name": name,
        "task": "image-classification",
        "source": entry.source,
        "trained_on": [entry.trained_on],
        "licence": entry.licence,
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "input": {"channels": channels, "size": int(data.images.shape[-1]), "mean": mean, "std": std},
        "names": list(data.names),
        "accuracy": round(accuracy(model, test.normalised(mean, std)), 4),
    }
    model.save_pretrained(folder)
    (folder / CARD).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    return card


def main(to: Annotated[Path, typer.Option(help="Folder that gets one folder for each model.")] = HUB) -> None:
    """Make all models, on one thread."""
    torch.set_num_threads(1)
    for name in ENTRIES:
        card = make(name, to / name)
        typer.echo(f"{name}: {card['parameters']} parameters, accuracy {card['accuracy']:.4f}")


if __name__ == "__main__":
    typer.run(main)
