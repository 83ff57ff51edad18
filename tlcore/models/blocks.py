"""The blocks of a backbone, from bottom to top, and the head: what fine-tuning treats in different ways."""

from __future__ import annotations

from torch import nn

HEADS = ("fc", "classifier", "head")
"""Names under which a model keeps its head, at its top level."""


def blocks_of(model: nn.Module) -> list[nn.Module]:
    """The blocks of the backbone, from the one that sees the input to the one below the head.

    For a TinyNet its conv blocks; for transformers' ResNet, ViT and BERT the embedding and then each stage or layer.
    Raises ValueError for a model of another kind.
    """
    backbone = getattr(model, "backbone", None)
    if isinstance(backbone, nn.Sequential):
        return [child for child in backbone.children() if next(child.parameters(), None) is not None]
    for name in ("resnet", "vit", "bert"):
        body = getattr(model, name, None)
        if body is not None:
            below = body.embedder if name == "resnet" else body.embeddings
            above = getattr(body, "encoder", body)
            found = [getattr(above, kind) for kind in ("stages", "layer", "layers") if hasattr(above, kind)]
            return [below, *found[0]]
    raise ValueError(f"the blocks of a {type(model).__name__} are not known; use a TinyNet, ResNet, ViT or BERT")


def head_of(model: nn.Module) -> nn.Module:
    """The head: the model's own `fc`, `classifier` or `head`. Raises ValueError where it has none of them."""
    for name in HEADS:
        if isinstance(getattr(model, name, None), nn.Module):
            return getattr(model, name)
    raise ValueError(f"the model has none of {', '.join(HEADS)}")
