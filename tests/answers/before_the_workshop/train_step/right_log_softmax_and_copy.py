def train_step(model, x, y, lr):
    model.zero_grad(set_to_none=False)
    log_p = torch.log_softmax(model(x), dim=1)
    loss = -log_p[torch.arange(len(y)), y].mean()
    before = loss.item()
    loss.backward()
    with torch.no_grad():
        for name, p in model.named_parameters():
            if p.grad is not None and p.requires_grad:
                p.copy_(p - p.grad * lr)
    model.zero_grad()
    return before
