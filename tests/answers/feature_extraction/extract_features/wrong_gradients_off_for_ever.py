# "whether gradients are recorded is as before": they are off afterwards
def extract_features(model, loader):
    was_training = model.training
    model.eval()
    torch.set_grad_enabled(False)
    batches = [(model.features(x), y) for x, y in loader]
    model.train(was_training)
    return torch.cat([f for f, _ in batches]), torch.cat([y for _, y in batches])
