# It breaks: each parameter that can learn. Here the last two do.
def train_step(model, x, y, lr):
    model.zero_grad()
    loss = F.cross_entropy(model(x), y)
    loss.backward()
    with torch.no_grad():
        for p in list(model.parameters())[-2:]:
            if p.grad is not None:
                p -= lr * p.grad
    return loss.item()
