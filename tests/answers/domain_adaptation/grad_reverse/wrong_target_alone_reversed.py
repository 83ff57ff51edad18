# It breaks: the body gets the gradient of all pictures multiplied by -lam. Here of the target's alone.
def grad_reverse(x, lam):
    y = x.view_as(x)
    if y.requires_grad:
        y.register_hook(lambda g: -lam * g)
    return y


def dann_losses(body, head, critic, source, target_x, lam):
    x, y = source
    fs, ft = body(x), body(target_x)
    label_loss = F.cross_entropy(head(fs), y)
    logits = critic(torch.cat([fs, grad_reverse(ft, lam)])).squeeze(1)
    domain = torch.cat([torch.zeros(len(fs)), torch.ones(len(ft))])
    return label_loss, F.binary_cross_entropy_with_logits(logits, domain)
