# "features are what the head sees": asks a part that not every model has
def extract_features(model, loader):
    was_training = model.training
    model.eval()
    F, Y = [], []
    with torch.no_grad():
        for x, y in loader:
            F.append(model.backbone(x) if hasattr(model, "backbone") else model(x))
            Y.append(y)
    model.train(was_training)
    return torch.cat(F), torch.cat(Y)
