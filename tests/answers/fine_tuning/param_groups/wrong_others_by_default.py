# It breaks: `weight_decay` is 0 for the others. Here they get what the optimizer has as its default.
def param_groups(model, lr_head, lr_body, wd):
    groups = []
    for n, p in model.named_parameters():
        if p.requires_grad:
            group = {"params": [p], "lr": lr_head if n.split(".")[0] in ("fc", "classifier", "head") else lr_body}
            if p.ndim >= 2:
                group["weight_decay"] = wd
            groups.append(group)
    return groups
