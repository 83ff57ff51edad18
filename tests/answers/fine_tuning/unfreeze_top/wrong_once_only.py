# It breaks: it may be called again with a larger k. Here the second call does nothing to the optimizer.
def unfreeze_top(model, optimizer, k):
    blocks = blocks_of(model)
    cut = len(blocks) - k
    model.train()
    for block in blocks[:cut]:
        block.eval()
    for block in blocks[cut:]:
        block.requires_grad_(True)
    if len(optimizer.param_groups) == 1 and k:
        body = [p for block in blocks[cut:] for p in block.parameters()]
        optimizer.add_param_group({"params": body, "lr": optimizer.param_groups[0]["lr"] / 10})
