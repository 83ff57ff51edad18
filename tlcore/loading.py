"""One way to load a pre-trained model: one that ships, one in a folder, or one from the Hugging Face hub."""

from __future__ import annotations

import difflib
import json
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from torch import nn

from tlcore.checkpoints import FOLDER, shipped
from tlcore.checkpoints.card import Card
from tlcore.models.tinynet import TinyNet

_AUTO_CLASSES = {
    "ForImageClassification": "AutoModelForImageClassification",
    "ForSequenceClassification": "AutoModelForSequenceClassification",
    "ForMaskedLM": "AutoModelForMaskedLM",
    "ForCausalLM": "AutoModelForCausalLM",
    "LMHeadModel": "AutoModelForCausalLM",
}


@dataclass
class LoadReport:
    """What became of the tensors of a checkpoint: names without the checkpoint's prefix."""

    loaded: list[str]
    """In both, with one shape: copied."""
    missing: list[str]
    """The model's, and not in the checkpoint."""
    mismatched: list[str]
    """In both, with two shapes: not copied."""
    unexpected: list[str]
    """In the checkpoint, and not the model's."""


def from_pretrained(name: str | Path, *, auto_class: str | None = None, **settings: Any) -> tuple[nn.Module, Card]:
    """Load a model and its card.

    >>> model, card = from_pretrained("leaves-resnet")
    >>> card.names[:2], len(card.mean)
    (('spots', 'rings'), 3)

    Args:
        name: looked for in this order: a checkpoint that ships (`tlcore.checkpoints.shipped()` lists them); a local
            folder with a config.json and weights; a model id of the Hugging Face hub, which needs the internet unless
            the model is in the cache already.
        auto_class: the transformers class to load with, such as "AutoModelForSequenceClassification". Unless given, the
            one that fits the architecture named in the config: a masked language model stays one.
        settings: passed on to transformers' `from_pretrained`, for instance `num_labels=6,
            ignore_mismatched_sizes=True` for a new head. TinyNet takes none. A new head is random: call
            `torch.manual_seed` first.

    Returns:
        The model, in eval mode with every parameter trainable, and its card. For models that are not ours, the card
        holds what the config says: class names, and mean and std if a preprocessor_config.json lies beside it.

    Raises:
        FileNotFoundError: if nothing is found; the message says which names ship.
        ValueError: if a folder holds no model that can be loaded, or `auto_class` is no class of transformers.
        TypeError: for settings that TinyNet does not take.
    """
    folder = _folder(name)
    if folder is not None and _config(folder).get("model_type") == "tinynet":
        if settings or auto_class:
            raise TypeError(
                f"{name!s} is a TinyNet, which is loaded without further settings; give it a new head later"
            )
        return TinyNet.from_pretrained(folder), _card(str(name), folder)
    model = _transformers_model(str(name), folder, auto_class, settings)
    if folder is not None and (folder / "card.json").is_file():
        return model, Card.load(folder)
    return model, _card_from_config(str(name), folder, model)


def tokenizer_for(name: str | Path) -> Any:
    """The tokenizer of a language model: one that ships, one in a local folder, or one of the hub.

    >>> tokenizer = tokenizer_for("market-bert")
    >>> tokenizer.tokenize("Wheat soared")
    ['wheat', 'soared']

    Raises:
        FileNotFoundError: if nothing is found, or the checkpoint has no tokenizer.
    """
    import transformers

    folder = _folder(name)
    if folder is not None and not (folder / "tokenizer.json").is_file():
        raise FileNotFoundError(f"{name!s} has no tokenizer.json beside its weights")
    if folder is not None and (folder / "card.json").is_file():
        return transformers.PreTrainedTokenizerFast.from_pretrained(folder)
    try:
        place = str(name) if folder is None else str(folder)
        local = {"local_files_only": True} if folder is None and _hub_is_out_of_reach() else {}
        return transformers.AutoTokenizer.from_pretrained(place, **local)
    except OSError as error:
        raise FileNotFoundError(f"no tokenizer is found for {name!r}. {_what_ships(str(name))}") from error


def _folder(name: str | Path) -> Path | None:
    """The local folder that a name leads to, or None if it can only be a hub id."""
    if isinstance(name, str) and name in shipped():
        return FOLDER / name
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise ValueError(f"the folder {folder} has no config.json: save the model into it with save_pretrained")
        return folder
    if isinstance(name, Path) or str(name).startswith((".", "/", "~")) or str(name).count("/") > 1:
        raise FileNotFoundError(f"there is no folder {folder}. {_what_ships(str(name))}")
    return None


def _transformers_model(name: str, folder: Path | None, auto_class: str | None, settings: dict[str, Any]) -> nn.Module:
    import transformers
    from transformers.utils.logging import disable_progress_bar, enable_progress_bar, is_progress_bar_enabled

    place = name if folder is None else str(folder)
    if folder is None and _hub_is_out_of_reach():
        settings = {**settings, "local_files_only": True}  # The cache may still have it; retrying the hub takes 20 s.
    bars = is_progress_bar_enabled()
    try:
        if folder is not None:
            disable_progress_bar()  # A folder loads in a moment, and a bar on stderr troubles nbgrader.
        if auto_class is None:
            where = {"local_files_only": settings.get("local_files_only", False)}
            config = _config(folder) if folder else transformers.AutoConfig.from_pretrained(place, **where).to_dict()
            auto_class = _auto_class(config)
        loader = getattr(transformers, auto_class, None)
        if loader is None:
            raise ValueError(f"transformers has no class {auto_class!r}")
        # The card's tensors are safetensors; nothing that comes from elsewhere is unpickled either.
        return loader.from_pretrained(place, use_safetensors=True, **settings).eval()
    except OSError as error:
        if folder is not None:
            raise ValueError(f"the folder {folder} holds no model that can be loaded: {error}") from error
        raise FileNotFoundError(
            f"{name!r} is neither a checkpoint that ships nor a folder, and the hub has no such model or cannot be "
            f"reached. {_what_ships(name)}"
        ) from error
    finally:
        if bars:
            enable_progress_bar()


def _hub_is_out_of_reach() -> bool:
    """Whether the hub's name cannot be looked up; with a proxy, only the proxy could tell."""
    from huggingface_hub.constants import ENDPOINT

    if getproxies():
        return False
    try:
        socket.getaddrinfo(urlsplit(ENDPOINT).hostname, 443)
    except OSError:
        return True
    return False


def _auto_class(config: dict[str, Any]) -> str:
    """The transformers class for a config, by the architecture that it names."""
    for architecture in config.get("architectures") or []:
        for ending, auto_class in _AUTO_CLASSES.items():
            if architecture.endswith(ending):
                return auto_class
    return "AutoModel"


def _config(folder: Path) -> dict[str, Any]:
    try:
        return json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"{folder / 'config.json'} is not JSON: {error}") from error


def _card(name: str, folder: Path) -> Card:
    return Card.load(folder) if (folder / "card.json").is_file() else Card(name)


def _card_from_config(name: str, folder: Path | None, model: nn.Module) -> Card:
    """The little that a config and a preprocessor config say, as a card."""
    labels: dict[int, str] = getattr(model.config, "id2label", None) or {}
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    if type(model).__name__.endswith("ForImageClassification"):
        from transformers.image_processing_base import ImageProcessingMixin

        try:
            place = name if folder is None else str(folder)
            processor, _ = ImageProcessingMixin.get_image_processor_dict(place)
            mean, std = tuple(processor.get("image_mean", ())), tuple(processor.get("image_std", ()))
        except OSError:
            pass  # No preprocessor config: the card says so by being empty there.
    return Card(name, names=tuple(labels[i] for i in sorted(labels)), mean=mean, std=std)


def _what_ships(name: str) -> str:
    near = difflib.get_close_matches(name, shipped(), n=1)
    meant = f"Did you mean {near[0]!r}? " if near else ""
    return f"{meant}These ship: {', '.join(shipped())}."
