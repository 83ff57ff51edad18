# "y is (N,): their labels": int32, where the loader gives int64 and cross-entropy takes no other
def extract_features(model, loader):
    was_training = model.training
    model.eval()
    F, Y = [], []
    with torch.no_grad():
        for x, y in loader:
            F.append(model.features(x))
            Y.append(y.int())
    model.train(was_training)
    return torch.cat(F), torch.cat(Y)
