"""What hidden tests about negative transfer need beside the answer: a log that can be looked at again, candidates."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn

from . import tool


@tool
def log_kept(results: dict[str, Any]) -> dict[str, Any]:
    """A log of runs that stays where it is (`.kept`)."""
    return results


@tool
def log_now(results: dict[str, Any]) -> dict[str, Any]:
    """What a log holds now."""
    return results


class Pooled(nn.Module):
    """A body of transformers' that gives plain features (N, d) instead of an object with fields."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x).pooler_output.flatten(1)


def body_of(kind: str, tensors: dict[str, Tensor]) -> nn.Module:
    """A body in train mode, as it is after training, with the given tensors.

    Args:
        kind: "conv" is a convolution over the whole picture, "dense" a linear layer, each with batch norm, ReLU and
            dropout; "noisy resnet" is the network of transformers' that learned leaves, with noise among its weights.
        tensors: for "noisy resnet" `share`, of each weight that is noise, and `seed`; its state for another kind.
    """
    if kind == "noisy resnet":
        return _noisy_resnet(float(tensors["share"]), int(tensors["seed"]))
    weight = tensors["0.weight" if kind == "conv" else "1.weight"]
    width = len(weight)
    layers: list[nn.Module]
    if kind == "conv":
        layers = [nn.Conv2d(weight.shape[1], width, weight.shape[2]), nn.BatchNorm2d(width), nn.ReLU(), nn.Flatten()]
    else:
        layers = [nn.Flatten(), nn.Linear(weight.shape[1], width), nn.BatchNorm1d(width), nn.ReLU()]
    body = nn.Sequential(*layers, nn.Dropout(0.3))
    body.load_state_dict(tensors)
    return body.train()


def _noisy_resnet(share: float, seed: int) -> nn.Module:
    from tlcore.loading import from_pretrained

    model: Any = from_pretrained("leaves-resnet")[0]
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for module in model.resnet.modules():
            if isinstance(module, nn.Conv2d):
                noise = torch.randn(module.weight.shape, generator=generator) * module.weight.std()
                module.weight.mul_(1 - share).add_(share * noise)
    return Pooled(model.resnet).train()


@tool
def source_candidates(made: list[dict[str, Any]]) -> list[Any]:
    """Candidates, each from its `name`, `kind`, `tensors` and what its card says (`.kept`)."""
    from tlcore.pretraining.sources import Candidate

    found = []
    for one in made:
        body = body_of(one["kind"], one["tensors"])
        card = {key: one[key] for key in ("name", "accuracy", "parameters")}
        card |= {key: tuple(one[key]) for key in ("mean", "std")}
        found.append(Candidate(body=body, head=nn.Identity(), **card))
    return found


@tool
def few_labelled(images: Tensor, labels: Tensor, as_set: bool) -> Any:
    """Pictures with their labels (`.kept`): an ImageSet, or a plain pair."""
    from tlcore.data import ImageSet

    if not as_set:
        return images, labels
    names = tuple(f"class {i}" for i in range(int(labels.max()) + 1))
    return ImageSet(images, labels, names, torch.arange(len(labels)))


@tool
def features_of_bodies(candidates: list[Any], images: Tensor) -> list[Tensor]:
    """What copies of the bodies, in eval mode, make of pictures that are normalised by each one's card."""
    made = []
    for candidate in candidates:
        mean, std = (torch.tensor(value).view(1, -1, 1, 1) for value in (candidate.mean, candidate.std))
        with torch.no_grad():
            made.append(copy.deepcopy(candidate.body).eval()((images - mean) / std))
    return made
