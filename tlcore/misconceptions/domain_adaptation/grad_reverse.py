"""Wrong ideas about `grad_reverse` and `dann_losses`."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from tlcore.misconceptions.registry import misconception
from tlcore.reference.domain_adaptation.grad_reverse import grad_reverse as sound_grad_reverse


def _domain_loss(told: Tensor, n_source: int) -> Tensor:
    domain = (torch.arange(len(told)) >= n_source).to(told)
    return F.binary_cross_entropy_with_logits(told.squeeze(1), domain)


@misconception(asks="Print `grad_reverse(x, 0.5)` and `x`. Which way through the layer should change something?")
def forward_negated(x: Tensor, lam: float) -> Tensor:
    """The values are multiplied by -lam, and the gradient with them."""
    return -lam * x


class _Scaled(torch.autograd.Function):
    """The identity whose gradient is multiplied by a number."""

    @staticmethod
    def forward(context: Any, x: Tensor, by: float) -> Tensor:
        context.by = by
        return x.view_as(x)

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return context.by * gradients[0], None


@misconception(asks="With this gradient, does the body make the critic's task harder or easier?")
def sign_forgotten(x: Tensor, lam: float) -> Tensor:
    """The gradient is scaled and keeps its sign."""
    return _Scaled.apply(x, lam)


@misconception(asks="What would lam = 0 have to do, and what does it do in your answer?")
def lam_ignored(x: Tensor, lam: float) -> Tensor:
    """The gradient is multiplied by -1, whatever lam is."""
    return _Scaled.apply(x, -1.0)


@misconception(asks="How often does lam come in between the critic's loss and the body: once, or twice?", replaces="*")
class lam_twice:
    """The domain loss is multiplied by lam as well."""

    @staticmethod
    def dann_losses(body: Any, head: Any, critic: Any, source: Any, target_x: Tensor, lam: float) -> Any:
        x, y = source
        features = torch.cat([body(x), body(target_x)])
        told = critic(sound_grad_reverse(features, lam))
        return F.cross_entropy(head(features[: len(x)]), y), lam * _domain_loss(told, len(x))


@misconception(asks="Which networks does the reversed gradient reach, and which should it?", replaces="*")
class critic_works_against_itself:
    """The domain loss is negated: the critic learns to be wrong."""

    @staticmethod
    def dann_losses(body: Any, head: Any, critic: Any, source: Any, target_x: Tensor, lam: float) -> Any:
        x, y = source
        features = torch.cat([body(x), body(target_x)])
        return F.cross_entropy(head(features[: len(x)]), y), -lam * _domain_loss(critic(features), len(x))


@misconception(asks="Which gradient of the domain loss reaches the body in your answer, if any?", replaces="*")
class detached:
    """The critic sees features that are cut off from the body."""

    @staticmethod
    def dann_losses(body: Any, head: Any, critic: Any, source: Any, target_x: Tensor, lam: float) -> Any:
        x, y = source
        features = torch.cat([body(x), body(target_x)])
        told = critic(sound_grad_reverse(features.detach(), lam))
        return F.cross_entropy(head(features[: len(x)]), y), _domain_loss(told, len(x))


@misconception(asks="Which of the two networks behind the body sees reversed features, and which should?", replaces="*")
class head_behind_it_too:
    """The head, too, is behind the reversal."""

    @staticmethod
    def dann_losses(body: Any, head: Any, critic: Any, source: Any, target_x: Tensor, lam: float) -> Any:
        x, y = source
        features = sound_grad_reverse(torch.cat([body(x), body(target_x)]), lam)
        return F.cross_entropy(head(features[: len(x)]), y), _domain_loss(critic(features), len(x))


@misconception(asks="Where do labels of the target come from, and who says that they are right?", replaces="*")
class pseudo_labels:
    """The head's own guesses on the target count as labels."""

    @staticmethod
    def dann_losses(body: Any, head: Any, critic: Any, source: Any, target_x: Tensor, lam: float) -> Any:
        x, y = source
        features = torch.cat([body(x), body(target_x)])
        logits = head(features)
        labels = torch.cat([y, logits[len(x) :].argmax(1)])
        return F.cross_entropy(logits, labels), _domain_loss(critic(sound_grad_reverse(features, lam)), len(x))


@misconception(asks="What does the critic learn if it sees one domain only?", replaces="*")
class target_only:
    """The critic sees the target alone, and learns to say "target" always."""

    @staticmethod
    def dann_losses(body: Any, head: Any, critic: Any, source: Any, target_x: Tensor, lam: float) -> Any:
        x, y = source
        told = critic(sound_grad_reverse(body(target_x), lam))
        return F.cross_entropy(head(body(x)), y), _domain_loss(told, 0)
