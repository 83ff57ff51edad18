def extract_features(model, loader):
    caught, labels = [], []
    head = [m for m in model.modules() if isinstance(m, nn.Linear)][-1]
    handle = head.register_forward_pre_hook(lambda module, inputs: caught.append(inputs[0].detach()))
    modes = {m: m.training for m in model.modules()}
    model.eval()
    for x, y in loader:
        model(x)
        labels.append(y)
    handle.remove()
    for m, training in modes.items():
        m.training = training
    return torch.cat(caught), torch.cat(labels)
