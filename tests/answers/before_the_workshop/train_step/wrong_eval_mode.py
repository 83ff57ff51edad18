# It breaks: in the mode that it is in. Here it is put into eval mode for the step, and back.
def train_step(model, x, y, lr):
    model.zero_grad()
    mode = model.training
    model.eval()
    loss = F.cross_entropy(model(x), y)
    loss.backward()
    with torch.no_grad():
        for p in model.parameters():
            if p.grad is not None:
                p -= lr * p.grad
    model.train(mode)
    return loss.item()
