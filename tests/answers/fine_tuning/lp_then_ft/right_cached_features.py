def lp_then_ft(model, train, cfg):
    """The probe on features that are computed once, with a hook on the head."""
    head, seen = head_of(model), []
    model.eval()
    hook = head.register_forward_pre_hook(lambda module, args: seen.append(args[0]))
    with torch.no_grad():
        labels = [model(x) is not None and y for x, y in train]
    hook.remove()
    head.requires_grad_(True).train()
    sgd = torch.optim.SGD(head.parameters(), lr=cfg.lr_head)
    for _ in range(cfg.lp_epochs):
        for features, y in zip(seen, labels):
            sgd.zero_grad()
            F.cross_entropy(head(features), y).backward()
            sgd.step()
    model.requires_grad_(True).train()
    sgd = torch.optim.SGD(model.parameters(), lr=cfg.lr_body)
    for _ in range(cfg.ft_epochs):
        for x, y in train:
            sgd.zero_grad()
            F.cross_entropy(model(x), y).backward()
            sgd.step()
    return model.eval()
