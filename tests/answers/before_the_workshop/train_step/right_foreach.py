@torch.enable_grad()
def train_step(model, x, y, lr):
    ps = [p for p in model.parameters() if p.requires_grad]
    old = [p.grad for p in ps]
    for p in ps:
        p.grad = None
    loss = F.cross_entropy(model(x), y, reduction="sum") / len(y)
    loss.backward()
    moved = [p for p in ps if p.grad is not None]
    with torch.no_grad():
        torch._foreach_add_(moved, [p.grad for p in moved], alpha=-lr)
    return loss.item()
