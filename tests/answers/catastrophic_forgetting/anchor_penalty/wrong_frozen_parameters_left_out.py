# It breaks: all parameters of the body are remembered. Here those that were frozen then are left out.
def take_anchor(model, head):
    return {
        name: p.detach().clone()
        for name, p in model.named_parameters()
        if p.requires_grad and not name.startswith(head + ".")
    }


def fisher(model, anchor, x, y):
    twin = copy.deepcopy(model).eval()
    named = {name: p for name, p in twin.named_parameters() if name in anchor}
    for p in named.values():
        p.requires_grad_(True)
    f = {name: torch.zeros_like(p) for name, p in named.items()}
    for i in range(len(y)):
        loss = F.cross_entropy(twin(x[i : i + 1]), y[i : i + 1])
        for name, g in zip(named, torch.autograd.grad(loss, list(named.values()), allow_unused=True)):
            if g is not None:
                f[name] += g**2
    return {name: value / len(y) for name, value in f.items()}


def anchor_penalty(model, anchor, weight=None):
    total = 0.0
    for name, p in model.named_parameters():
        if name in anchor:
            square = (p - anchor[name]) ** 2
            total = total + (square if weight is None else weight[name] * square).sum()
    return total
