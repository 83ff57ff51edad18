def train_epochs(model, params, train, epochs, lr):
    opt = torch.optim.SGD(params, lr)
    for _ in range(epochs):
        for x, y in train:
            loss = F.cross_entropy(model(x), y)
            opt.zero_grad()
            loss.backward()
            opt.step()


def lp_then_ft(model, train, cfg):
    head = head_of(model)
    for p in model.parameters():
        p.requires_grad = False
    for p in head.parameters():
        p.requires_grad = True
    model.eval()
    head.train()
    train_epochs(model, list(head.parameters()), train, cfg.lp_epochs, cfg.lr_head)
    for p in model.parameters():
        p.requires_grad = True
    model.train()
    train_epochs(model, list(model.parameters()), train, cfg.ft_epochs, cfg.lr_body)
    model.eval()
