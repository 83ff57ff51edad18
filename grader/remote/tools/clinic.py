"""What hidden tests of the clinic need beside the answer: training by small steps, and hubs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_pre_hook

from tlcore.checkpoints.hub import CARD, HUB, Target
from tlcore.data import ImageSet
from tlcore.models import TinyNet, tiny_resnet

from ..folders import new_folder
from . import tool


@tool
def head_alone(model: nn.Module, head: str, alone: bool) -> nn.Module:
    """Only the layer at this path asks for gradients, or everything does."""
    model.requires_grad_(not alone)
    model.get_submodule(head).requires_grad_(True)
    return model


@tool
def convolutions_called(classify: Callable[[Tensor], Any], x: Tensor) -> list[list[int]]:
    """The shapes of the weights of all convolutions that are called while a classifier answers, in their order."""
    seen: list[list[int]] = []

    def look(module: nn.Module, inputs: Any) -> None:
        if isinstance(module, nn.Conv2d):
            seen.append(list(module.weight.shape))

    handle = register_module_forward_pre_hook(look)
    try:
        classify(x)
    finally:
        handle.remove()
    return seen


@tool
def plain_sgd(model: nn.Module, rate: float, momentum: float) -> torch.optim.Optimizer:
    """An optimizer of what asks for gradients. A gradient of an earlier batch is still there."""
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    for parameter in trained:
        parameter.grad = torch.ones_like(parameter)
    return torch.optim.SGD(trained, lr=rate, momentum=momentum)


@tool
def updates(model: nn.Module, optimizer: torch.optim.Optimizer, x: torch.Tensor, y: torch.Tensor, steps: int) -> None:
    """Some updates in eval mode with the optimizer that is given."""
    model.eval()
    for _ in range(steps):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        if loss.requires_grad:
            loss.backward()
        optimizer.step()


@tool
def batches_once(x: torch.Tensor, y: torch.Tensor, sizes: list[int]) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Batches of these sizes, once."""
    return iter(list(zip(x.split(sizes), y.split(sizes), strict=True)))


@tool
def as_it_is(model: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """Outputs in whatever modes the modules are in."""
    with torch.no_grad():
        return model(x)


@tool
def hub_of_new_models(cards: list[dict[str, Any]], seed: int) -> str:
    """A hub whose models have random weights, each as its card says; `kind` is "net" or "resnet"."""
    folder = Path(new_folder())
    for number, card in enumerate(cards):
        torch.manual_seed(seed + number)
        channels = card["input"]["channels"]
        if card["kind"] == "resnet":
            model: Any = tiny_resnet(card["names"], in_channels=channels, widths=(8, 12), depths=(1, 1))
        else:
            model = TinyNet(len(card["names"]), channels, (8, 12), dropout=0.9)
        model(torch.randn(16, channels, 8, 8))  # statistics that are not the initial ones
        if card["kind"] == "resnet":  # by hand, because save_pretrained shows a progress bar
            model.config.architectures = [type(model).__name__]
            model.config.save_pretrained(folder / card["name"])
            save_file(model.state_dict(), folder / card["name"] / "model.safetensors", metadata={"format": "pt"})
        else:
            model.save_pretrained(folder / card["name"])
        _write_card(folder, card)
    return str(folder)


@tool
def hub_of_shipped_models(cards: list[dict[str, Any]], weights: list[str]) -> str:
    """A hub with these cards; the weights are those of models of the hub that ships."""
    folder = Path(new_folder())
    for card, name in zip(cards, weights, strict=True):
        shutil.copytree(HUB / name, folder / card["name"])
        _write_card(folder, card)
    return str(folder)


@tool
def hub_of_a_model_that_knows_nothing(card: dict[str, Any], weights: str) -> str:
    """A hub with one TinyNet, of a model of the hub that ships, whose norms give nothing: all features are 0, and no
    gradient comes through, so that training changes nothing below the head."""
    folder = Path(new_folder())
    shutil.copytree(HUB / weights, folder / card["name"])
    model = TinyNet.from_pretrained(folder / card["name"])
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.weight.zero_()
                module.bias.fill_(-1.0)  # below 0, where a ReLU lets nothing through
    model.save_pretrained(folder / card["name"])
    _write_card(folder, card)
    return str(folder)


@tool
def target_of(
    needs: dict[str, Any],
    pictures: tuple[torch.Tensor, torch.Tensor],
    test: tuple[torch.Tensor, torch.Tensor],
    names: list[str],
    seeds: list[int],
) -> Target:
    """A target of these pictures."""
    own, tested = (ImageSet(x, y, tuple(names), torch.arange(len(y))) for x, y in (pictures, test))
    return Target(needs, own, tested, seeds)


def _write_card(folder: Path, card: dict[str, Any]) -> None:
    (folder / card["name"] / CARD).write_text(json.dumps(card), encoding="utf-8")
