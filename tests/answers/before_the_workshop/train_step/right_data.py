def train_step(model, x, y, lr):
    for p in model.parameters():
        p.grad = None
    loss = F.cross_entropy(model(x), y)
    loss.backward()
    for p in model.parameters():
        if p.requires_grad and p.grad is not None:
            p.data = p.data - lr * p.grad
    return float(loss)
