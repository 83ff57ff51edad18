"""Domain-adversarial training: a layer that reverses gradients, and the two losses that meet at it."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def grad_reverse(x: Tensor, lam: float) -> Tensor:
    """`x` on the way forward; on the way back its gradient is multiplied by -lam.

    Source: Ganin & Lempitsky 2015, "Unsupervised domain adaptation by backpropagation".
    """
    # 1. another tensor with the values of x, in the same graph
    # 2. if it takes part in a backward pass: multiply the gradient that comes to it, before x gets it
    ### BEGIN SOLUTION
    y = x.view_as(x)
    if y.requires_grad:
        y.register_hook(lambda gradient: -lam * gradient)
    return y
    ### END SOLUTION


def dann_losses(
    body: nn.Module, head: nn.Module, critic: nn.Module, source: tuple[Tensor, Tensor], target_x: Tensor, lam: float
) -> tuple[Tensor, Tensor]:
    """The loss of the labels and that of the domains; their sum is what one optimizer minimises.

    Args:
        body: pictures to features (N, d).
        head: features to logits of the classes (N, C).
        critic: features to one logit (N, 1), above zero for "from the target".
        source: pictures and their labels (N,).
        target_x: pictures of the target, as many as there are.
        lam: how strongly the body works against the critic.
    """
    # 1. features of both; the head sees those of the source
    # 2. the critic sees all of them through grad_reverse
    # 3. cross-entropy with the labels; binary cross-entropy with 0 for the source and 1 for the target
    ### BEGIN SOLUTION
    x, y = source
    features = torch.cat([body(x), body(target_x)])
    told = critic(grad_reverse(features, lam)).squeeze(1)
    domain = torch.cat([torch.zeros(len(x)), torch.ones(len(target_x))]).to(told)
    return F.cross_entropy(head(features[: len(x)]), y), F.binary_cross_entropy_with_logits(told, domain)
    ### END SOLUTION
