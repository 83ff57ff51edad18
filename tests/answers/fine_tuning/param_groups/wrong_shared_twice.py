# It breaks: each parameter is in exactly one group. Here a shared one is in two.
def param_groups(model, lr_head, lr_body, wd):
    groups = []
    for path, module in model.named_modules():
        for p in module.parameters(recurse=False):
            if p.requires_grad:
                lr = lr_head if path.split(".")[0] in ("fc", "classifier", "head") else lr_body
                groups.append({"params": [p], "lr": lr, "weight_decay": wd if p.ndim >= 2 else 0.0})
    return groups
