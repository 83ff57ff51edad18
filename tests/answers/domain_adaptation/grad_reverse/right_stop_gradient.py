import torch
import torch.nn.functional as F


def grad_reverse(x, lam):
    return (1 + lam) * x.detach() - lam * x


def dann_losses(body, head, critic, source, target_x, lam):
    pictures, labels = source
    both = body(torch.cat([pictures, target_x]))  # in one batch
    n = len(labels)
    logit = critic(grad_reverse(both, lam)).flatten()
    is_target = torch.zeros(len(both), dtype=logit.dtype)
    is_target[n:] = 1
    domain_loss = F.binary_cross_entropy(torch.sigmoid(logit), is_target)
    label_loss = F.nll_loss(head(both[:n]).log_softmax(1), labels)
    return [label_loss, domain_loss]
