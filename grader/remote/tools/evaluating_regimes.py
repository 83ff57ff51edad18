"""What hidden tests about evaluation need where the models are: loaders, and worlds that count what is asked of them."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from . import tool


class OncePerPass:
    """Batches of given sizes in a fixed order, made anew in each pass, of which there are `most`. No DataLoader."""

    def __init__(self, x: Tensor, y: Tensor, sizes: list[int], most: int) -> None:
        self.x, self.y, self.sizes, self.left = x, y, sizes, most

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        if not self.left:
            raise RuntimeError("these batches can be gone through once only")
        self.left -= 1
        yield from zip(self.x.split(self.sizes), self.y.split(self.sizes), strict=True)


@tool
def stream(x: Tensor, y: Tensor, sizes: list[int]) -> OncePerPass:
    """Batches that can be gone through once."""
    return OncePerPass(x, y, sizes, 1)


@tool
def planned_logits(dropout: float) -> nn.Module:
    """A model that answers with its input, in eval mode; in train mode some of it is lost."""
    return nn.Sequential(nn.Identity(), nn.Dropout(dropout)).train()


@tool
def set_part_modes(model: nn.Module, training: dict[str, bool]) -> nn.Module:
    """Put the parts at these paths, and nothing else, into train or eval mode."""
    for path, mode in training.items():
        model.get_submodule(path).train(mode)
    return model


@tool
def read_part_modes(model: nn.Module) -> dict[str, bool]:
    """The mode of every part, by path."""
    return {name: part.training for name, part in model.named_modules()}


@tool
def vit_of(n_classes: int, seed: int) -> nn.Module:
    """A vision transformer of transformers' for 8x8 pictures of one channel; it answers with an object."""
    from tlcore.models import tiny_vit

    torch.manual_seed(seed)
    return tiny_vit(n_classes, width=16, depth=1).train()
