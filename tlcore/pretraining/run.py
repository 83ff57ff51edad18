"""Follow a recipe and write the checkpoint."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import torch
from torch import nn

from tlcore.checkpoints.card import Card
from tlcore.data import ImageSet, TextSet
from tlcore.models import TinyNet
from tlcore.pretraining.language import LANGUAGE_RECIPES, SOURCE, LanguageRecipe, pretrained_on_reports
from tlcore.pretraining.recipes import RECIPES, TEST_SEED, TRAIN_SEED, Recipe
from tlcore.training import accuracy, perplexity, train


def pretrain(name: str, folder: Path, *, short: bool = False, progress: bool = True) -> Card:
    """Train the model of a recipe and write it to `folder`: config.json, model.safetensors and card.json; for a
    language recipe, its tokenizer as well.

    Args:
        name: a key of `RECIPES` or `LANGUAGE_RECIPES`.
        folder: replaced as a whole if it exists.
        short: less data and fewer epochs, for tests.
        progress: whether to show a bar.

    Returns:
        The card, with the score on test data that training never saw.

    Raises:
        ValueError: for an unknown name.
    """
    if name in LANGUAGE_RECIPES:
        return _pretrain_language_model(name, folder, short, progress)
    if name not in RECIPES:
        raise ValueError(f"no recipe is called {name!r}: use one of {', '.join((*RECIPES, *LANGUAGE_RECIPES))}")
    recipe = RECIPES[name]
    rows, epochs = recipe.short if short else (recipe.rows, recipe.epochs)
    data, test = recipe.data(rows, TRAIN_SEED), recipe.data(recipe.test_rows, TEST_SEED)
    mean, std = _channel_statistics(data)
    if isinstance(data, ImageSet) and isinstance(test, ImageSet):
        data, test = data.normalised(mean, std), test.normalised(mean, std)

    torch.manual_seed(recipe.seed)
    model = recipe.build(data)
    train(
        model,
        data,
        epochs=epochs,
        lr=recipe.lr,
        weight_decay=recipe.weight_decay,
        batch_size=recipe.batch_size,
        seed=recipe.seed,
        cosine=True,
        progress=progress,
    )
    card = Card(
        name=name,
        task="image-classification" if isinstance(data, ImageSet) else "causal-lm",
        source=recipe.source,
        names=data.names if isinstance(data, ImageSet) else (),
        mean=mean,
        std=std,
        words=data.vocabulary.words if isinstance(data, TextSet) else (),
        seed=recipe.seed,
        data_seeds={"train": TRAIN_SEED, "test": TEST_SEED},
        recipe=_numbers(recipe, rows, epochs),
        scores=score(model, test),
    )
    _write(model, card, folder)
    return card


def _pretrain_language_model(name: str, folder: Path, short: bool, progress: bool) -> Card:
    """The same for a model with a tokenizer, which is written beside it."""
    recipe = LANGUAGE_RECIPES[name]
    rows, epochs = recipe.short if short else (recipe.rows, recipe.epochs)
    model, tokenizer, scores = pretrained_on_reports(recipe, short=short, progress=progress)
    card = Card(
        name=name,
        task=recipe.task,
        source=SOURCE,
        seed=recipe.seed,
        data_seeds={"train": TRAIN_SEED, "test": TEST_SEED},
        recipe=_numbers(recipe, rows, epochs),
        scores=scores,
    )
    _write(model, card, folder, tokenizer)
    return card


def score(model: nn.Module, test: ImageSet | TextSet) -> dict[str, float]:
    """What a card says of a model: accuracy on pictures, perplexity on sentences."""
    if isinstance(test, ImageSet):
        return {"accuracy": round(accuracy(model, test), 4)}
    return {"perplexity": round(perplexity(model, test), 4)}


def _channel_statistics(data: ImageSet | TextSet) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of each channel over the training pictures; nothing for sentences."""
    if isinstance(data, TextSet):
        return (), ()
    mean = [round(value, 4) for value in data.images.mean((0, 2, 3)).tolist()]
    std = [round(value, 4) for value in data.images.std((0, 2, 3)).tolist()]
    return tuple(mean), tuple(std)


def _numbers(recipe: Recipe | LanguageRecipe, rows: int, epochs: int) -> dict[str, float | int | str]:
    return {
        "optimizer": "AdamW, cosine to zero",
        "lr": recipe.lr,
        "weight_decay": recipe.weight_decay,
        "batch_size": recipe.batch_size,
        "rows": rows,
        "test_rows": recipe.test_rows,
        "epochs": epochs,
    }


def _write(model: nn.Module, card: Card, folder: Path, tokenizer: Any = None) -> None:
    """Write beside the folder first, so that an interrupted run leaves the old checkpoint whole."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        new = Path(scratch) / "new"
        _save(model, new)
        if tokenizer is not None:
            tokenizer.save_pretrained(new)
        # Not a setting of the models but of generation, and we never generate with them.
        (new / "generation_config.json").unlink(missing_ok=True)
        card.save(new)
        if folder.exists():
            shutil.rmtree(folder)
        new.rename(folder)


def _save(model: nn.Module, folder: Path) -> None:
    """`save_pretrained`, without transformers' bar for the one file."""
    if isinstance(model, TinyNet):
        model.save_pretrained(folder)
        return
    from transformers.utils.logging import disable_progress_bar, enable_progress_bar, is_progress_bar_enabled

    bars = is_progress_bar_enabled()
    disable_progress_bar()
    try:
        model.save_pretrained(folder)  # type: ignore[operator]
    finally:
        if bars:
            enable_progress_bar()
