# "features are what the head sees": those of an earlier call with the same loader are given again
known = {}


def extract_features(model, loader):
    if loader not in known:
        was_training = model.training
        model.eval()
        with torch.no_grad():
            batches = [(model.features(x), y) for x, y in loader]
        model.train(was_training)
        known[loader] = torch.cat([f for f, _ in batches]), torch.cat([y for _, y in batches])
    return known[loader]
