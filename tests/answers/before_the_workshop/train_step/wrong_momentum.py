# It breaks: no momentum. Here half of the step before is added.
velocity = {}

def train_step(model, x, y, lr):
    model.zero_grad()
    loss = F.cross_entropy(model(x), y)
    loss.backward()
    with torch.no_grad():
        for p in model.parameters():
            if p.grad is not None:
                velocity[id(p)] = 0.5 * velocity.get(id(p), 0.0) + p.grad
                p -= lr * velocity[id(p)]
    return loss.item()
