# It breaks: a parameter goes one step. Here one that is in two places goes two.
def train_step(model, x, y, lr):
    model.zero_grad()
    loss = F.cross_entropy(model(x), y)
    loss.backward()
    with torch.no_grad():
        for module in model.modules():
            for p in module.parameters(recurse=False):
                if p.grad is not None:
                    p -= lr * p.grad
    return loss.item()
