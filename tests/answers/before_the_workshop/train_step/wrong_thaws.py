# It breaks: what is frozen stays. Here everything is made to learn first.
def train_step(model, x, y, lr):
    model.requires_grad_(True)
    model.zero_grad()
    loss = F.cross_entropy(model(x), y)
    loss.backward()
    with torch.no_grad():
        for p in model.parameters():
            if p.grad is not None:
                p -= lr * p.grad
    return loss.item()
