# The domain loss by softplus of signed logits, the label loss by log-softmax.
def grad_reverse(x, lam):
    out = x + 0 if x.is_floating_point() else x.clone()
    if out.requires_grad:
        out.register_hook(lambda g: g * (-lam))
    return out


def dann_losses(body, head, critic, source, target_x, lam):
    images, labels = source
    features = [body(images), body(target_x)]
    label_loss = F.nll_loss(F.log_softmax(head(features[0]), dim=-1), labels)
    logit = critic(grad_reverse(torch.cat(features, 0), lam))[:, 0]
    sign = torch.ones_like(logit)
    sign[: len(images)] = -1
    return label_loss, F.softplus(-sign * logit).mean()
