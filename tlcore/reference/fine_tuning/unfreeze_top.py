"""Thawing a backbone from the top: what is unfrozen must also be known to the optimizer."""

from __future__ import annotations

from torch import nn
from torch.optim import Optimizer

from tlcore.models import blocks_of


def unfreeze_top(model: nn.Module, optimizer: Optimizer, k: int) -> None:
    """Let the top `k` blocks of the backbone learn, at a tenth of the head's rate.

    Args:
        model: its blocks are `blocks_of(model)`, from bottom to top; the head learns already.
        optimizer: its first group is the head. It is changed in place, so that what it remembers of the head stays.
        k: how many blocks, counted from the head. Blocks that learn already are left as they are.

    Afterwards the thawed blocks and the head are in train mode, the frozen blocks in eval mode: batch norm in a block
    that does not learn must not move either.

    Source: Howard & Ruder 2018, "Universal Language Model Fine-tuning", section 3.3 (gradual unfreezing).
    """
    known = {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}
    blocks = blocks_of(model)
    frozen, thawed = blocks[: len(blocks) - k], blocks[len(blocks) - k :]
    model.train()
    for block in frozen:
        block.eval()
    new = [p.requires_grad_(True) for block in thawed for p in block.parameters() if id(p) not in known]
    if new:
        optimizer.add_param_group({"params": new, "lr": optimizer.param_groups[0]["lr"] / 10})
