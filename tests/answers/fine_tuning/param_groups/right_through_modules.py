def param_groups(model, lr_head, lr_body, wd):
    groups, seen = [], set()

    def visit(module, lr):
        for p in module.parameters(recurse=False):
            if p.requires_grad and p not in seen:
                seen.add(p)
                groups.append({"params": p, "lr": lr, "weight_decay": wd if p.ndim >= 2 else 0.0})
        for name, child in module.named_children():
            visit(child, lr_head if module is model and name in HEADS else lr)

    visit(model, lr_body)
    return groups
