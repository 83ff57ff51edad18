"""A backbone that stays in eval mode whatever its owner does."""

from __future__ import annotations

from torch import Tensor, nn


class FrozenBackbone(nn.Module):
    """`head(backbone(x))`, with a backbone that stays in eval mode whatever mode the whole is in.

    A batch-norm layer in train mode normalises with the statistics of the batch and moves its running ones, although
    its parameters may be frozen: the statistics are buffers, not parameters. In eval mode it does neither.

    Args:
        backbone: (N, C, H, W) -> (N, d), its parameters frozen already.
        head: (N, d) -> (N, n_classes); it follows `train()` and `eval()`.

    Source: Ioffe & Szegedy 2015, "Batch normalization", algorithm 2 (inference with the population statistics).
    """

    def __init__(self, backbone: nn.Module, head: nn.Module) -> None:
        super().__init__()
        self.backbone = backbone.eval()
        self.head = head

    def train(self, mode: bool = True) -> FrozenBackbone:
        """Train or eval mode for the head; eval mode for the backbone, always."""
        super().train(mode)
        self.backbone.eval()
        return self

    def forward(self, x: Tensor) -> Tensor:
        """Logits: (N, C, H, W) -> (N, n_classes)."""
        return self.head(self.backbone(x))
