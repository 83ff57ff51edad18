"""What hidden tests about domain adaptation need where the models are: unlabelled batches, and gradients."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from . import tool


class Stream:
    """Unlabelled batches, no DataLoader; a second pass is empty, as that of a generator is."""

    def __init__(self, x: Tensor, sizes: list[int]) -> None:
        self.x = x
        self.batches = iter(x.split(sizes)) if sizes else iter(())

    def __iter__(self) -> Iterator[Tensor]:
        return self.batches


@tool
def unlabelled(x: Tensor, sizes: list[int]) -> Stream:
    """A stream of batches of these sizes; none at all for no sizes."""
    return Stream(x, sizes)


@tool
def unlabelled_loader(x: Tensor, batch_size: int) -> torch.utils.data.DataLoader[Tensor]:
    """A DataLoader that gives plain tensors."""
    rows: torch.utils.data.Dataset[Tensor] = list(x)  # type: ignore[assignment]
    return torch.utils.data.DataLoader(rows, batch_size=batch_size)


@tool
def small_resnet(n_classes: int, channels: int) -> nn.Module:
    """A ResNet of transformers' with statistics, scales and shifts that are not those of a new one."""
    from tlcore.models import tiny_resnet

    model = tiny_resnet(n_classes, in_channels=channels, widths=(6, 8, 10)).eval()
    for norm in model.modules():
        if isinstance(norm, nn.BatchNorm2d):
            nn.init.normal_(norm.running_mean)  # type: ignore[arg-type]
            nn.init.uniform_(norm.running_var, 0.5, 2.0)  # type: ignore[arg-type]
            nn.init.uniform_(norm.weight, 0.5, 1.5)
            nn.init.normal_(norm.bias)
    return model


@tool
def norm_momentum(model: nn.Module, momentum: float) -> nn.Module:
    """Give the first batch norm this momentum, and each further one a quarter of it more."""
    norms = [part for part in model.modules() if isinstance(part, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d))]
    for i, norm in enumerate(norms):
        norm.momentum = momentum * (1 + i / 4)
    return model


@tool
def leaf(values: Tensor, learns: bool = True) -> Tensor:
    """A tensor that collects its gradient, to be left where it is (`.kept`)."""
    return values.detach().clone().requires_grad_(learns)


@tool
def gradient_through(y: Tensor, x: Tensor, weights: Tensor, beside: float) -> Tensor:
    """The gradient of x where the loss is (weights * y).sum() + beside * x.sum()."""
    x.grad = None
    ((weights * y).sum() + beside * x.sum()).backward()
    assert x.grad is not None
    return x.grad.clone()


@tool
def gradient_into(y: Tensor, before: nn.Module, weights: Tensor) -> list[Tensor]:
    """The gradients of the layers before a tensor y where the loss is (weights * y).sum()."""
    before.zero_grad()
    (weights * y).sum().backward()
    return [p.grad.clone() if p.grad is not None else torch.zeros_like(p) for p in before.parameters()]


@tool
def run(module: nn.Module, x: Tensor) -> Tensor:
    """What a module says, with its graph (`.kept`)."""
    return module(x)


@tool
def adversaries(kind: str, n_in: int, width: int, n_classes: int, dtype: str = "float32") -> nn.ModuleDict:
    """A body, a head and a critic without batch norm or dropout: of vectors ("dense") or of pictures ("conv")."""
    bodies: dict[str, list[nn.Module]] = {
        "dense": [nn.Linear(n_in, width), nn.Tanh()],
        "conv": [nn.Conv2d(n_in, width, 3), nn.Tanh(), nn.AdaptiveAvgPool2d(1), nn.Flatten()],
    }
    critic = nn.Sequential(nn.Linear(width, 5), nn.Tanh(), nn.Linear(5, 1))
    parts = {"body": nn.Sequential(*bodies[kind]), "head": nn.Linear(width, n_classes), "critic": critic}
    return nn.ModuleDict(parts).to(getattr(torch, dtype))


@tool
def step_on_losses(losses: tuple[Tensor, Tensor], networks: nn.ModuleDict, lr: float) -> nn.ModuleDict:
    """One step of plain SGD for all networks on the sum of the losses."""
    first, second = losses
    optimizer = torch.optim.SGD(networks.parameters(), lr=lr)
    optimizer.zero_grad()
    (first + second).backward()
    optimizer.step()
    return networks


@tool
def generator(seed: int) -> torch.Generator:
    """A random generator, to be handed to the answer."""
    return torch.Generator().manual_seed(seed)
