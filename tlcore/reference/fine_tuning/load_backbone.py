"""A pretrained backbone into a model with another head, and a report of what fitted."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from tlcore.loading import LoadReport


def load_backbone(model: nn.Module, checkpoint: Mapping[str, Tensor]) -> LoadReport:
    """Copy into `model`, in place, every tensor of `checkpoint` that has its name and shape.

    Args:
        model: the model to fill; what the checkpoint has no fitting tensor for stays as it is.
        checkpoint: tensors by name, as `state_dict()` gives them. All names may begin with one prefix, "module." say,
            because the model was wrapped when it was saved.

    Returns:
        Which names were loaded, which of the model's are missing from the checkpoint, which have another shape there,
        and which of the checkpoint's (without the prefix) the model does not have.

    Raises:
        ValueError: if nothing fits; the model is unchanged.
    """
    own = model.state_dict()  # parameters and buffers; the values are the model's own tensors
    prefix = _prefix(list(checkpoint), set(own))
    theirs = {name.removeprefix(prefix): value for name, value in checkpoint.items()}
    both = [name for name in own if name in theirs]
    fits = [name for name in both if own[name].shape == theirs[name].shape]
    if not fits:
        raise ValueError(f"no tensor of the checkpoint fits the model: it begins with {next(iter(checkpoint), None)!r}")
    with torch.no_grad():
        for name in fits:
            own[name].copy_(theirs[name])
    return LoadReport(
        loaded=fits,
        missing=[name for name in own if name not in theirs],
        mismatched=[name for name in both if name not in fits],
        unexpected=[name for name in theirs if name not in own],
    )


def _prefix(names: list[str], own: set[str]) -> str:
    """The beginning, up to a dot, that has to go for most names to be the model's own."""
    candidates = {""} | {name[: at + 1] for name in names[:1] for at, letter in enumerate(name) if letter == "."}

    def known(prefix: str) -> int:
        return sum(name.startswith(prefix) and name.removeprefix(prefix) in own for name in names)

    return max(sorted(candidates, key=len), key=known)
