# It breaks: the model keeps its own parameters. Here it gets new ones.
def train_step(model, x, y, lr):
    model.zero_grad()
    loss = F.cross_entropy(model(x), y)
    loss.backward()
    for module in model.modules():
        for name, p in list(module.named_parameters(recurse=False)):
            if p.grad is not None:
                new = nn.Parameter(p.detach() - lr * p.grad, requires_grad=p.requires_grad)
                setattr(module, name, new)
    return loss.item()
