"""The pre-trained models that ship with the package, one folder each; `tlcore.pretraining` makes them."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
"""The folder that holds the checkpoint folders."""


def shipped() -> list[str]:
    """The names that ship, in alphabetical order."""
    return sorted(folder.name for folder in FOLDER.iterdir() if (folder / "card.json").is_file())
