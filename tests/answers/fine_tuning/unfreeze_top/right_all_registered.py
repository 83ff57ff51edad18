def unfreeze_top(model, optimizer, k):
    # every block gets its group at once; the flags decide which of them learn
    blocks = list(reversed(blocks_of(model)))
    known = set()
    for group in optimizer.param_groups:
        known.update(map(id, group["params"]))
    rate = optimizer.param_groups[0]["lr"] * 0.1
    for depth, block in enumerate(blocks):
        params = list(block.parameters())
        learns = depth < k
        if params and id(params[0]) not in known:
            optimizer.add_param_group({"params": params, "lr": rate})
        elif learns and not params[0].requires_grad:
            for group in optimizer.param_groups:
                if any(p is params[0] for p in group["params"]):
                    group["lr"] = rate
        for p in params:
            p.requires_grad = learns
        block.train(learns)
    head_of(model).train()
