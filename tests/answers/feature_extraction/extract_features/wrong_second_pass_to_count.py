# "Go through the loader once": a second pass counts the pictures
def extract_features(model, loader):
    was_training = model.training
    model.eval()
    F, Y = [], []
    with torch.no_grad():
        for x, y in loader:
            F.append(model.features(x))
            Y.append(y)
    model.train(was_training)
    assert sum(len(y) for _, y in loader) in (0, sum(map(len, Y)))
    return torch.cat(F), torch.cat(Y)
