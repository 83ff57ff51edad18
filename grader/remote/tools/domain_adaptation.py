"""What hidden tests about domain adaptation need where the models are: unlabelled batches, and gradients."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from . import tool


class Stream:
    """Unlabelled batches, no DataLoader; a second pass is empty, as that of a generator is."""

    def __init__(self, x: Tensor, sizes: list[int]) -> None:
        self.x = x
        self.batches = iter(x.split(sizes)) if sizes else iter(())

    def __iter__(self) -> Iterator[Tensor]:
        return self.batches


@tool
def unlabelled(x: Tensor, sizes: list[int]) -> Stream:
    """A stream of batches of these sizes; none at all for no sizes."""
    return Stream(x, sizes)


@tool
def unlabelled_loader(x: Tensor, batch_size: int) -> torch.utils.data.DataLoader[Tensor]:
    """A DataLoader that gives plain tensors."""
    rows: torch.utils.data.Dataset[Tensor] = list(x)  # type: ignore[assignment]
    return torch.utils.data.DataLoader(rows, batch_size=batch_size)


@tool
def small_resnet(n_classes: int, channels: int) -> nn.Module:
    """A ResNet of transformers' with statistics, scales and shifts that are not those of a new one."""
    from tlcore.models import tiny_resnet

    model = tiny_resnet(n_classes, in_channels=channels, widths=(6, 8, 10)).eval()
    for norm in model.modules():
        if isinstance(norm, nn.BatchNorm2d):
            nn.init.normal_(norm.running_mean)  # type: ignore[arg-type]
            nn.init.uniform_(norm.running_var, 0.5, 2.0)  # type: ignore[arg-type]
            nn.init.uniform_(norm.weight, 0.5, 1.5)
            nn.init.normal_(norm.bias)
    return model


@tool
def norm_momentum(model: nn.Module, momentum: float) -> nn.Module:
    """Give every batch norm this momentum."""
    for norm in model.modules():
        if isinstance(norm, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)):
            norm.momentum = momentum
    return model
