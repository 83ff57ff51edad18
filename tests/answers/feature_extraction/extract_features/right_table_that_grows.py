@torch.no_grad()
def extract_features(model, loader):
    training = model.training
    try:
        model.eval()
        table, at = None, []
        for images, y in loader:
            rows = model.features(images)
            table = rows if table is None else torch.vstack((table, rows))
            at += y.tolist()
        return [table, torch.tensor(at)]
    finally:
        model.train(training)
