"""`python -m tlcore.pretraining`: make the shipped checkpoints again, all of them or one."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import torch
import typer

from tlcore.checkpoints import FOLDER
from tlcore.pretraining.language import LANGUAGE_RECIPES
from tlcore.pretraining.recipes import RECIPES
from tlcore.pretraining.run import pretrain

NAMES = (*RECIPES, *LANGUAGE_RECIPES)


def main(
    name: Annotated[str | None, typer.Argument(help=f"One of {', '.join(NAMES)}; all unless given.")] = None,
    short: Annotated[bool, typer.Option("--short", help="Seconds instead of minutes, and worse; needs --to.")] = False,
    to: Annotated[Path, typer.Option(help="Folder that gets one folder a checkpoint.")] = FOLDER,
) -> None:
    """Pre-train and write checkpoints, on one thread."""
    if name is not None and name not in NAMES:
        raise typer.BadParameter(f"no recipe is called {name!r}: use one of {', '.join(NAMES)}")
    if short and to == FOLDER:
        raise typer.BadParameter("a short version must not replace what ships: say --to FOLDER")
    torch.set_num_threads(1)
    for each in [name] if name else NAMES:
        started = time.perf_counter()
        card = pretrain(each, to / each, short=short)
        scores = ", ".join(f"{key} {value:.4f}" for key, value in card.scores.items())
        typer.echo(f"{each}: {scores} ({time.perf_counter() - started:.0f} s)")


if __name__ == "__main__":
    typer.run(main)
