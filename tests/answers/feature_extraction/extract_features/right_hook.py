def extract_features(model, loader):
    caught, labels = [], []
    handle = model.backbone.register_forward_hook(lambda module, inputs, output: caught.append(output.detach()))
    modes = {m: m.training for m in model.modules()}
    model.eval()
    for x, y in loader:
        model(x)
        labels.append(y)
    handle.remove()
    for m, training in modes.items():
        m.training = training
    return torch.cat(caught), torch.cat(labels)
