# It breaks: the gradient is multiplied by -lam. Here by -1.
import torch
import torch.nn.functional as F


class Back(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, lam):
        ctx.lam = lam
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        return -g, None


def grad_reverse(x, lam):
    return Back.apply(x, lam)


def dann_losses(body, head, critic, source, target_x, lam):
    x, y = source
    f_s, f_t = body(x), body(target_x)
    told = critic(grad_reverse(torch.cat([f_s, f_t]), lam)).squeeze(-1)
    truth = torch.cat([torch.zeros_like(told[: len(x)]), torch.ones_like(told[len(x) :])])
    return F.cross_entropy(head(f_s), y), F.binary_cross_entropy_with_logits(told, truth)

