# It breaks: parameters with two or more dimensions decay. Here convolutions do not.
def param_groups(model, lr_head, lr_body, wd):
    return [
        {
            "params": [p],
            "lr": lr_head if n.split(".")[0] in ("fc", "classifier", "head") else lr_body,
            "weight_decay": wd if p.ndim == 2 else 0.0,
        }
        for n, p in model.named_parameters()
        if p.requires_grad
    ]
