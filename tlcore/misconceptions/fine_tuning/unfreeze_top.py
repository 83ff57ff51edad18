"""Wrong ideas about `unfreeze_top`."""

from __future__ import annotations

import torch
from torch import nn
from torch.optim import Optimizer

from tlcore.misconceptions.registry import misconception
from tlcore.models import blocks_of, head_of
from tlcore.reference.fine_tuning.unfreeze_top import unfreeze_top


@misconception(asks="Which block sees the picture, and which sits below the head? Where does your slice begin?")
def bottom_blocks(model: nn.Module, optimizer: Optimizer, k: int) -> None:
    """The first k blocks learn."""
    known = {id(p) for group in optimizer.param_groups for p in group["params"]}
    blocks = blocks_of(model)
    model.train()
    for block in blocks[k:]:
        block.eval()
    new = [p.requires_grad_(True) for block in blocks[:k] for p in block.parameters() if id(p) not in known]
    if new:
        optimizer.add_param_group({"params": new, "lr": optimizer.param_groups[0]["lr"] / 10})


@misconception(asks="Which parameters does the optimizer hold? When was it told, and who told it of the new ones?")
def optimizer_not_told(model: nn.Module, optimizer: Optimizer, k: int) -> None:
    """The flags change, and the optimizer goes on with what it was given."""
    unfreeze_top(model, torch.optim.SGD(head_of(model).parameters(), lr=0.1), k)


@misconception(asks="Print `lr` of each group of the optimizer. What did a new group take over?")
def rate_of_the_head(model: nn.Module, optimizer: Optimizer, k: int) -> None:
    """The thawed blocks learn as fast as the head."""
    unfreeze_top(model, optimizer, k)
    for group in optimizer.param_groups[1:]:
        group["lr"] = optimizer.param_groups[0]["lr"]


@misconception(asks="A block that learns sees new pictures. Which statistics does its batch norm use for them?")
def thawed_norms_stay_in_eval(model: nn.Module, optimizer: Optimizer, k: int) -> None:
    """The whole backbone is left in eval mode."""
    unfreeze_top(model, optimizer, k)
    for block in blocks_of(model):
        block.eval()


@misconception(asks="You put the whole model into train mode. What happens in the blocks that are still frozen?")
def frozen_norms_drift(model: nn.Module, optimizer: Optimizer, k: int) -> None:
    """Everything is in train mode: the statistics of frozen blocks drift."""
    unfreeze_top(model, optimizer, k)
    model.train()


@misconception(asks="You froze everything first. What of it did you thaw again?")
def head_frozen_again(model: nn.Module, optimizer: Optimizer, k: int) -> None:
    """All is frozen, then the top blocks are thawed: the head is not among them."""
    unfreeze_top(model, optimizer, k)
    head_of(model).requires_grad_(False)


@misconception(asks="A new optimizer starts without momentum. What did the old one know?")
def optimizer_built_anew(model: nn.Module, optimizer: Optimizer, k: int) -> None:
    """The groups are made anew, and with them the memory of the head is lost."""
    unfreeze_top(model, optimizer, k)
    optimizer.state.clear()


@misconception(asks="Call it twice. Does the second call take away what the first one thawed?")
def only_one_block(model: nn.Module, optimizer: Optimizer, k: int) -> None:
    """Of the top blocks only the lowest one is thawed, those above it are frozen."""
    unfreeze_top(model, optimizer, k)
    for block in blocks_of(model)[len(blocks_of(model)) - k + 1 :]:
        block.requires_grad_(False)
