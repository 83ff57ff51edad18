"""Feature extraction: keep what a pretrained backbone knows, train only a new head."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from tlcore.checkpoints.card import Card


def freeze(module: nn.Module) -> nn.Module:
    """Stop every parameter of `module` from learning; gradients still flow through it.

    A parameter learns where autograd writes a gradient for it and the optimizer then moves it. `requires_grad = False`
    on the *parameter* tells autograd not to write one. The module itself has no such switch.

    Returns `module`, changed in place.

    Source: "Locally disabling gradient computation", PyTorch documentation, notes on autograd.
    """
    for parameter in module.parameters():
        parameter.requires_grad_(False)
    return module


def replace_head(model: nn.Module, n_classes: int) -> nn.Module:
    """Put a new linear layer with `n_classes` outputs in place of the model's last one.

    The last layer is `model.fc`, `model.head`, or the last of the Sequential `model.classifier`. The new layer takes
    what the old one took, (N, in_features) -> (N, n_classes), and can learn; everything else stays as it is.

    Returns `model`, changed in place. Raises ValueError where none of the three is there.

    Source: the transfer-learning tutorial of PyTorch (S. Chilamkurthy), `model_ft.fc = nn.Linear(num_ftrs, 2)`.
    """
    if isinstance(getattr(model, "classifier", None), nn.Sequential):
        parent, name = model.get_submodule("classifier"), str(len(model.get_submodule("classifier")) - 1)  # type: ignore[arg-type]
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


def extract_features(model: nn.Module, loader: Iterable[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
    """Features (N, d) of every picture that `loader` gives, and its labels (N,), in one and the same order.

    `model.features(x)` is asked in eval mode and without a graph; afterwards the model is in the mode it was in.

    Source: Donahue et al. 2014, "DeCAF"; Sharif Razavian et al. 2014, "CNN features off-the-shelf".
    """
    was_training = model.training
    model.eval()
    features, labels = [], []
    with torch.no_grad():
        for x, y in loader:
            # Rows and labels come from the same batch: a shuffled loader gives another order in a second pass.
            features.append(model.features(x))  # type: ignore[operator]
            labels.append(y)
    model.train(was_training)
    return torch.cat(features), torch.cat(labels)


@dataclass
class Split:
    """Pictures and labels of one part of the data."""

    x: Tensor
    """(N, C, H, W), ready for the model."""
    y: Tensor
    """(N,) int64: class ids."""


@dataclass
class Splits:
    """What `prepare` gives."""

    train: Split
    val: Split
    test: Split
    names: list[str]
    """`names[i]` is the class with id i, in all three parts."""


def prepare(images: Tensor, labels: Sequence[str], groups: Tensor, card: Card, seed: int) -> Splits:
    """Split by groups, number the classes once, normalise as in pre-training, mirror the training pictures.

    Args:
        images: (N, C, H, W), values 0 to 1.
        labels: N class names.
        groups: (N,) int64, which plant a picture shows; all pictures of a plant go into one part.
        card: of the pretrained model; its `mean` and `std` (one number a channel) normalise every part.
        seed: the same seed gives the same parts.

    Returns:
        About a fifth of the groups each for val and test, the others for train. Train has each picture twice: as it is,
        and mirrored left to right.

    Source: Kapoor & Narayanan 2023, "Leakage and the reproducibility crisis in machine-learning-based science".
    """
    names = sorted(set(labels))
    y = torch.tensor([names.index(label) for label in labels])
    x = card.normalise(images)

    plants = groups.unique()
    shuffled = plants[torch.randperm(len(plants), generator=torch.Generator().manual_seed(seed))]
    fifth = max(1, len(plants) // 5)

    def part(chosen: Tensor) -> Split:
        rows = torch.isin(groups, chosen)
        return Split(x[rows], y[rows])

    val, test, train = part(shuffled[:fifth]), part(shuffled[fifth : 2 * fifth]), part(shuffled[2 * fifth :])
    # Only now, and only here: a mirror image in another part would be a picture that was learned by heart.
    train = Split(torch.cat([train.x, train.x.flip(-1)]), torch.cat([train.y, train.y]))
    return Splits(train, val, test, names)
