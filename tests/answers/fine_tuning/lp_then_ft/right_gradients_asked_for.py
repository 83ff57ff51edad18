# No flags and no optimizer: gradients of the head alone, then of everything.
def lp_then_ft(model, train, cfg):
    def step(params, x, y, lr):
        grads = torch.autograd.grad(nn.functional.cross_entropy(model(x), y), params, allow_unused=True)
        with torch.no_grad():
            for p, g in zip(params, grads):
                if g is not None:
                    p -= lr * g

    model.requires_grad_(True)
    model.eval()
    for _ in range(cfg.lp_epochs):
        for x, y in train:
            step(list(head_of(model).parameters()), x, y, cfg.lr_head)
    model.train()
    for _ in range(cfg.ft_epochs):
        for x, y in train:
            step(list(model.parameters()), x, y, cfg.lr_body)
    model.eval()
