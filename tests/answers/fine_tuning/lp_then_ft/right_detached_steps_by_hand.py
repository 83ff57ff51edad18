def lp_then_ft(model, train, cfg):
    head = head_of(model)
    model.requires_grad_(True)
    for epochs, lr, params, probing in (
        (cfg.lp_epochs, cfg.lr_head, list(head.parameters()), True),
        (cfg.ft_epochs, cfg.lr_body, list(model.parameters()), False),
    ):
        for _ in range(epochs):
            model.train()
            if probing:
                for name, child in model.named_children():
                    if child is not head:
                        child.eval()
            for x, y in train:
                loss = F.cross_entropy(model(x), y)
                grads = torch.autograd.grad(loss, params)
                with torch.no_grad():
                    for p, g in zip(params, grads):
                        p -= lr * g
    model.eval()
    return model
