"""Wrong ideas about `frozen_backbone`."""

from __future__ import annotations

from torch import Tensor, nn

from tlcore.misconceptions.registry import misconception


class _Composed(nn.Module):
    """Just `head(backbone(x))`."""

    def __init__(self, backbone: nn.Module, head: nn.Module) -> None:
        super().__init__()
        self.backbone, self.head = backbone, head

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.backbone(x))

    def norms(self) -> list[nn.BatchNorm2d]:
        return [m for m in self.backbone.modules() if isinstance(m, nn.BatchNorm2d)]


def _frozen_backbone(asks: str):
    return misconception(asks=asks, replaces="FrozenBackbone")


@_frozen_backbone("Running mean and variance are not parameters. What moves them?")
class parameters_frozen_buffers_not(_Composed):
    """Frozen parameters alone: batch norm goes on normalising with the batch and moving its statistics."""


@_frozen_backbone("Who calls `train()` at the start of each epoch, and what does it undo?")
class one_eval_before_the_loop(_Composed):
    """`backbone.eval()` once, undone by the loop's next `model.train()`."""

    def __init__(self, backbone: nn.Module, head: nn.Module) -> None:
        super().__init__(backbone, head)
        self.backbone.eval()


@_frozen_backbone("Which of the two parts has to stay in eval mode, and what should the other's dropout do?")
class everything_in_eval_mode(_Composed):
    """The head never gets into train mode either: its dropout is off."""

    def __init__(self, backbone: nn.Module, head: nn.Module) -> None:
        super().__init__(backbone, head)
        self.train()

    def train(self, mode: bool = True) -> everything_in_eval_mode:
        super().train(False)
        return self


@_frozen_backbone("The statistics stand still. But with which ones does the layer normalise in train mode?")
class momentum_zero(_Composed):
    """The running statistics no longer move, but train mode still normalises with the batch's own."""

    def __init__(self, backbone: nn.Module, head: nn.Module) -> None:
        super().__init__(backbone, head)
        for norm in self.norms():
            norm.momentum = 0.0


@_frozen_backbone("Without running statistics, with what does the layer normalise?")
class statistics_not_tracked(_Composed):
    """`track_running_stats = False` makes the layer use the batch's statistics in train mode."""

    def __init__(self, backbone: nn.Module, head: nn.Module) -> None:
        super().__init__(backbone, head)
        for norm in self.norms():
            norm.track_running_stats = False


@_frozen_backbone("Does another layer in its place compute what the backbone was pretrained with?")
class another_norm_in_its_place(_Composed):
    """GroupNorm does not depend on the batch, and is not what the backbone was pretrained with."""

    def __init__(self, backbone: nn.Module, head: nn.Module) -> None:
        super().__init__(backbone, head)
        for parent in list(self.backbone.modules()):
            for name, norm in list(parent.named_children()):
                if isinstance(norm, nn.BatchNorm2d):
                    new = nn.GroupNorm(1, norm.num_features)
                    new.weight, new.bias = norm.weight, norm.bias
                    setattr(parent, name, new)
