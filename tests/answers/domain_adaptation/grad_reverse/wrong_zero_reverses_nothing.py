# It breaks: the gradient is multiplied by -lam. Here lam = 0 is taken for "no reversal", and lets it through.
import torch
import torch.nn.functional as F


def grad_reverse(x, lam):
    y = x.view_as(x)
    if y.requires_grad and lam:
        y.register_hook(lambda gradient: -lam * gradient)
    return y


def dann_losses(body, head, critic, source, target_x, lam):
    x, y = source
    here, there = body(x), body(target_x)
    told = critic(grad_reverse(torch.cat([here, there]), lam)).squeeze(1)
    domain = torch.cat([torch.zeros(len(here)), torch.ones(len(there))]).to(told)
    return F.cross_entropy(head(here), y), F.binary_cross_entropy_with_logits(told, domain)
