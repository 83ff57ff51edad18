@torch.no_grad()
def extract_features(model, loader):
    training = model.training
    try:
        model.eval()
        n, features, labels, at = len(loader.dataset), None, None, 0
        for x, y in loader:
            f = model.backbone(x)
            if features is None:
                features, labels = f.new_empty(n, f.shape[1]), y.new_empty(n)
            features[at : at + len(y)], labels[at : at + len(y)] = f, y
            at += len(y)
        return [features, labels]
    finally:
        model.train(training)
