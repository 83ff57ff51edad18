# "afterwards it is in the mode that it was in": only the outermost module is told
def extract_features(model, loader):
    was_training = model.training
    model.eval()
    F, Y = [], []
    with torch.no_grad():
        for x, y in loader:
            F.append(model.features(x))
            Y.append(y)
    model.training = was_training
    return torch.cat(F), torch.cat(Y)
