# "its parameters can learn as before": all are frozen afterwards
def extract_features(model, loader):
    was_training = model.training
    model.eval()
    F, Y = [], []
    with torch.no_grad():
        for x, y in loader:
            F.append(model.features(x))
            Y.append(y)
    model.train(was_training).requires_grad_(False)
    return torch.cat(F), torch.cat(Y)
