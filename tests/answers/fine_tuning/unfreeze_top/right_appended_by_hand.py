def unfreeze_top(model, optimizer, k):
    head_group = optimizer.param_groups[0]
    blocks = blocks_of(model)
    while_frozen, now_learning = blocks[:-k] if k else blocks, blocks[-k:] if k else []
    for b in while_frozen:
        b.eval()
    for b in now_learning:
        b.train()
        new = [p for p in b.parameters() if not p.requires_grad]
        for p in new:
            p.requires_grad_()
        if new:
            optimizer.param_groups.append({**head_group, "params": new, "lr": head_group["lr"] / 10})
    for name in HEADS:
        if hasattr(model, name):
            getattr(model, name).train()
    return optimizer
