"""AdaBN: the statistics of batch norm come from the target, without a label and without a step of training."""

from __future__ import annotations

import copy
from collections.abc import Iterable

import torch
from torch import Tensor, nn


def adabn(model: nn.Module, loader: Iterable[Tensor]) -> nn.Module:
    """A copy of `model` whose batch norms hold the statistics of the pictures in `loader`.

    Args:
        model: any module; it stays as it is.
        loader: unlabelled batches. It is gone through once.

    Returns:
        The copy, in eval mode. Running means and variances are averages over the batches, all alike; no parameter
        differs from the model's.

    Raises:
        ValueError: if there is no batch.

    Source: Li et al. 2016, "Revisiting batch normalization for practical domain adaptation".
    """
    # 1. copy the model, and put the copy into eval mode
    # 2. let its batch norms forget their statistics, and put them alone into train mode
    # 3. one pass over the loader, without gradients: all batches count alike
    # 4. eval mode again, and the norms' own momentum
    ### BEGIN SOLUTION
    adapted = copy.deepcopy(model).eval()
    norms = [m for m in adapted.modules() if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d))]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
        norm.train()
    batches = 0
    with torch.no_grad():
        for x in loader:
            adapted(x)
            batches += 1
    if not batches:
        raise ValueError("no batch came from the loader: there is nothing to adapt to")
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    return adapted.eval()
    ### END SOLUTION
