# It breaks: each parameter has its own rate as `lr`. Here the body's is left to the optimizer.
def param_groups(model, lr_head, lr_body, wd):
    groups = []
    for n, p in model.named_parameters():
        if p.requires_grad:
            group = {"params": [p], "weight_decay": wd if p.ndim >= 2 else 0.0}
            if n.split(".")[0] in ("fc", "classifier", "head"):
                group["lr"] = lr_head
            groups.append(group)
    return groups
