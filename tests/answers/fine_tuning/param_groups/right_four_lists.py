def param_groups(model, lr_head, lr_body, wd):
    head_decay, head_plain, body_decay, body_plain = [], [], [], []
    for n, p in model.named_parameters():
        if not p.requires_grad:
            continue
        is_head = n.startswith("fc.") or n.startswith("classifier.") or n.startswith("head.")
        if is_head and p.ndim > 1:
            head_decay.append(p)
        elif is_head:
            head_plain.append(p)
        elif p.ndim > 1:
            body_decay.append(p)
        else:
            body_plain.append(p)
    return [
        {"params": head_decay, "lr": lr_head, "weight_decay": wd},
        {"params": head_plain, "lr": lr_head, "weight_decay": 0.0},
        {"params": body_decay, "lr": lr_body, "weight_decay": wd},
        {"params": body_plain, "lr": lr_body, "weight_decay": 0.0},
    ]
