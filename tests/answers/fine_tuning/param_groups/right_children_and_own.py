# Child by child, then the parameters that hang on the model itself.
def param_groups(model, lr_head, lr_body, wd):
    groups, seen = [], set()

    def add(p, lr):
        if p.requires_grad and p not in seen:
            seen.add(p)
            groups.append({"params": [p], "lr": lr, "weight_decay": wd * (len(p.shape) >= 2)})

    for name, child in model.named_children():
        if name not in HEADS:
            for p in child.parameters():
                add(p, lr_body)
    for p in model.parameters(recurse=False):
        add(p, lr_body)
    for name, child in model.named_children():
        if name in HEADS:
            for p in child.parameters():
                add(p, lr_head)
    return groups
