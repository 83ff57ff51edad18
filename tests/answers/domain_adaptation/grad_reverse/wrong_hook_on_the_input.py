# It breaks: only what goes through the layer is reversed. Here all that reaches x.
import torch
import torch.nn.functional as F


def grad_reverse(x, lam):
    x.register_hook(lambda g: -lam * g)
    return x



def dann_losses(body, head, critic, source, target_x, lam):
    x, y = source
    f_s, f_t = body(x), body(target_x)
    told = critic(grad_reverse(torch.cat([f_s, f_t]), lam)).squeeze(-1)
    truth = torch.cat([torch.zeros_like(told[: len(x)]), torch.ones_like(told[len(x) :])])
    return F.cross_entropy(head(f_s), y), F.binary_cross_entropy_with_logits(told, truth)

