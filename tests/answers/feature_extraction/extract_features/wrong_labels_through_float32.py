# "y is (N,): their labels": they have been through float32, which holds no large number exactly
def extract_features(model, loader):
    was_training = model.training
    model.eval()
    F, Y = [], []
    with torch.no_grad():
        for x, y in loader:
            F.append(model.features(x))
            Y.append(y.float().long())
    model.train(was_training)
    return torch.cat(F), torch.cat(Y)
