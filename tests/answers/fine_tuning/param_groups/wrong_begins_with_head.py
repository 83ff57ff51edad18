# It breaks: a layer of another name in which "head" occurs is body. Here `headroom` is taken for the head.
def param_groups(model, lr_head, lr_body, wd):
    return [
        {
            "params": [p],
            "lr": lr_head if n.startswith(("fc", "classifier", "head")) else lr_body,
            "weight_decay": wd if p.ndim >= 2 else 0.0,
        }
        for n, p in model.named_parameters()
        if p.requires_grad
    ]
