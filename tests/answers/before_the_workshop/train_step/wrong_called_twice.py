# It breaks: call the model once. Here it is called twice.
def train_step(model, x, y, lr):
    model.zero_grad()
    model(x)
    loss = F.cross_entropy(model(x), y)
    loss.backward()
    with torch.no_grad():
        for p in model.parameters():
            if p.grad is not None:
                p -= lr * p.grad
    return loss.item()
