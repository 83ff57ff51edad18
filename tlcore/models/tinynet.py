"""TinyNet: the smallest convolutional network that has everything a transfer exercise needs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from safetensors.torch import load_file, save_file
from torch import Tensor, nn

LAYOUTS = ("fc", "classifier", "head")
NORMS = ("batch", "group", "none")


@dataclass(frozen=True)
class TinyNetConfig:
    """All that is needed to build a TinyNet again."""

    n_classes: int = 6
    """How many logits."""
    in_channels: int = 3
    """1 for grey pictures, 3 for colour."""
    widths: tuple[int, ...] = (16, 32)
    """Channels of each conv-norm-ReLU-pool block; each block halves height and width."""
    norm: str = "batch"
    """"batch", "group" or "none"."""
    dropout: float = 0.2
    """Probability of the dropout before the last linear layer."""
    layout: str = "fc"
    """Where the last linear layer is found: "fc" (as in torchvision's ResNet), "classifier" (inside a Sequential
    behind the dropout, as in EfficientNet) or "head" (as in many vision transformers)."""


class TinyNet(nn.Module):
    """Blocks of conv, norm, ReLU and pooling; then dropout and a linear layer.

    `backbone` is everything before the dropout: it maps pictures (N, C, H, W) to features (N, widths[-1]), averaged
    over the positions. The linear layer is `fc`, `classifier[1]` or `head`, as the layout says; with "fc" and "head"
    the dropout is a module `dropout` of the model.

    >>> model = TinyNet(n_classes=6, layout="classifier")
    >>> model.classifier
    Sequential(
      (0): Dropout(p=0.2, inplace=False)
      (1): Linear(in_features=32, out_features=6, bias=True)
    )
    """

    def __init__(
        self,
        n_classes: int = 6,
        in_channels: int = 3,
        widths: Sequence[int] = (16, 32),
        norm: str = "batch",
        dropout: float = 0.2,
        layout: str = "fc",
    ) -> None:
        super().__init__()
        if layout not in LAYOUTS:
            raise ValueError(f"unknown layout {layout!r}: use one of {', '.join(map(repr, LAYOUTS))}")
        if not widths:
            raise ValueError("widths needs at least one number")
        self.config = TinyNetConfig(n_classes, in_channels, tuple(widths), norm, dropout, layout)
        blocks: list[nn.Module] = []
        channels = in_channels
        for width in widths:
            blocks.append(_block(channels, width, norm))
            channels = width
        self.backbone = nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten())
        linear = nn.Linear(channels, n_classes)
        if layout == "classifier":
            self.classifier = nn.Sequential(nn.Dropout(dropout), linear)
        else:
            self.dropout = nn.Dropout(dropout)
            setattr(self, layout, linear)

    def features(self, x: Tensor) -> Tensor:
        """What the head sees: (N, C, H, W) -> (N, widths[-1])."""
        return self.backbone(x)

    def forward(self, x: Tensor) -> Tensor:
        """Logits: (N, C, H, W) -> (N, n_classes)."""
        features = self.backbone(x)
        if self.config.layout == "classifier":
            return self.classifier(features)
        return getattr(self, self.config.layout)(self.dropout(features))

    def save_pretrained(self, folder: str | Path) -> None:
        """Write `config.json` and `model.safetensors` into `folder`, as transformers models do."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        config = {"model_type": "tinynet", **asdict(self.config)}
        (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
        tensors = {name: tensor.contiguous() for name, tensor in self.state_dict().items()}
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})

    @classmethod
    def from_pretrained(cls, folder: str | Path) -> TinyNet:
        """The model that `save_pretrained` wrote, in eval mode."""
        folder = Path(folder)
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        if config.pop("model_type", None) != "tinynet":
            raise ValueError(f"{folder / 'config.json'} does not describe a TinyNet")
        model = cls(**config)
        model.load_state_dict(load_file(folder / "model.safetensors"))
        return model.eval()


def _block(channels: int, width: int, norm: str) -> nn.Sequential:
    """3x3 convolution, norm, ReLU, 2x2 max pooling."""
    norms = {
        "batch": lambda: nn.BatchNorm2d(width),
        "group": lambda: nn.GroupNorm(4 if width % 4 == 0 else 1, width),
        "none": lambda: nn.Identity(),
    }
    if norm not in norms:
        raise ValueError(f"unknown norm {norm!r}: use one of {', '.join(map(repr, NORMS))}")
    # A convolution before batch norm needs no bias: the norm subtracts it again.
    conv = nn.Conv2d(channels, width, 3, padding=1, bias=norm != "batch")
    return nn.Sequential(conv, norms[norm](), nn.ReLU(), nn.MaxPool2d(2))
