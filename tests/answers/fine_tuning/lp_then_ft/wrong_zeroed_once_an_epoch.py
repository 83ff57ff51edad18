# It breaks: plain SGD in fine-tuning. Here gradients are zeroed once an epoch and add up in it.
def lp_then_ft(model, train, cfg):
    model.requires_grad_(False)
    head_of(model).requires_grad_(True)
    model.eval()
    head_of(model).train()
    optimizer = torch.optim.SGD(head_of(model).parameters(), lr=cfg.lr_head)
    for _ in range(cfg.lp_epochs):
        for x, y in train:
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
    model.requires_grad_(True)
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=cfg.lr_body)
    for _ in range(cfg.ft_epochs):
        optimizer.zero_grad()
        for x, y in train:
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
    model.eval()
    return model
