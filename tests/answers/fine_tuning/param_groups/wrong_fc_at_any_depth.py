# It breaks: what the model keeps at its top level. Here an `fc` at any depth counts as the head.
def param_groups(model, lr_head, lr_body, wd):
    return [
        {"params": [p], "lr": lr_head if set(n.split(".")) & set(HEADS) else lr_body, "weight_decay": wd if p.ndim > 1 else 0.0}
        for n, p in model.named_parameters() if p.requires_grad
    ]
