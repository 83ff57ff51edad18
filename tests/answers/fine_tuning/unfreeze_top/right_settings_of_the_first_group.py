# A new group with all settings of the first but its rate.
def unfreeze_top(model, optimizer, k):
    blocks = blocks_of(model)
    top = blocks[max(len(blocks) - k, 0) :] if k else []
    model.train()
    for b in blocks:
        learns = any(b is t for t in top)
        b.train(learns).requires_grad_(learns)
    known = set().union(*[set(map(id, g["params"])) for g in optimizer.param_groups])
    new = [p for b in top for p in b.parameters() if id(p) not in known]
    if new:
        first = optimizer.param_groups[0]
        settings = {key: value for key, value in first.items() if key not in ("params", "lr", "initial_lr")}
        optimizer.add_param_group({**settings, "params": new, "lr": first["lr"] / 10})
