"""A new head for new classes."""

from __future__ import annotations

from torch import nn


def replace_head(model: nn.Module, n_classes: int) -> nn.Module:
    """Put a new linear layer with `n_classes` outputs in place of the model's last one.

    The last layer is `model.fc`, `model.head`, or the last of the Sequential `model.classifier`. The new layer takes
    what the old one took, (N, in_features) -> (N, n_classes), and can learn; everything else stays as it is.

    Returns `model`, changed in place. Raises ValueError where none of the three is there.

    Source: the transfer-learning tutorial of PyTorch (S. Chilamkurthy), `model_ft.fc = nn.Linear(num_ftrs, 2)`.
    """
    if isinstance(getattr(model, "classifier", None), nn.Sequential):
        parent = model.get_submodule("classifier")
        name = [name for name, _ in parent.named_children()][-1]
    elif isinstance(getattr(model, "fc", None), nn.Linear):
        parent, name = model, "fc"
    elif isinstance(getattr(model, "head", None), nn.Linear):
        parent, name = model, "head"
    else:
        raise ValueError("the model has no fc, no head and no Sequential classifier to put a new layer into")
    old = parent.get_submodule(name)
    assert isinstance(old, nn.Linear)
    parent.add_module(name, nn.Linear(old.in_features, n_classes, dtype=old.weight.dtype))
    return model
