def extract_features(model, loader):
    was_training = model.training
    model.eval()
    recorded = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    batches = list(loader)
    features = [model.features(batch[0]) for batch in batches]
    torch.set_grad_enabled(recorded)
    if was_training:
        model.train()
    return torch.cat(features, dim=0), torch.cat([batch[1] for batch in batches], dim=0)
