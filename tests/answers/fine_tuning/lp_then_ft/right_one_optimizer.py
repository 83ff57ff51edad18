def lp_then_ft(model, train, cfg):
    head = head_of(model)
    mine = set(head.parameters())
    body = [p for p in model.parameters() if p not in mine]
    opt = torch.optim.SGD(head.parameters(), lr=cfg.lr_head)
    for epoch in range(cfg.lp_epochs + cfg.ft_epochs):
        tuning = epoch >= cfg.lp_epochs
        model.train(tuning)
        head.train()
        for p in model.parameters():
            p.requires_grad_(tuning or p in mine)
        if epoch == cfg.lp_epochs:
            opt.param_groups[0]["lr"] = cfg.lr_body
            opt.add_param_group({"params": body, "lr": cfg.lr_body})
        for x, y in train:
            opt.zero_grad()
            F.cross_entropy(model(x), y).backward()
            opt.step()
    model.requires_grad_(True)
    return model.eval()
