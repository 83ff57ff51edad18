from torch import cat, nn, ones, zeros

cross_entropy, domain_entropy = nn.CrossEntropyLoss(), nn.BCEWithLogitsLoss()


def grad_reverse(x, lam):
    out = x * 1.0
    if out.requires_grad:
        out.register_hook(lambda g: g * -lam)
    return out


def dann_losses(body, head, critic, source, target_x, lam):
    x, y = source
    target = zeros(len(x), 1), ones(len(target_x), 1)
    features = [body(part) for part in (x, target_x)]
    said = critic(grad_reverse(cat(features), lam))
    return cross_entropy(head(features[0]), y), domain_entropy(said, cat(target).to(said.dtype))
