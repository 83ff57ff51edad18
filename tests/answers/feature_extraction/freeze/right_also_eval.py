def freeze(model):
    model.eval()
    [setattr(p, "requires_grad", False) for _, p in model.named_parameters()]
    return model
