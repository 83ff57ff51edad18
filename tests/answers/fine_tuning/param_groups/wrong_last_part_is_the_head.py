# It breaks: the head is what is called so. Here it is the last part of the model.
def param_groups(model, lr_head, lr_body, wd):
    groups = []
    for name, p in model.named_parameters():
        if not p.requires_grad:
            continue
        head = name.split(".")[0] == list(dict(model.named_children()))[-1]
        groups.append({"params": [p], "lr": lr_head if head else lr_body, "weight_decay": wd if p.ndim >= 2 else 0.0})
    return groups
