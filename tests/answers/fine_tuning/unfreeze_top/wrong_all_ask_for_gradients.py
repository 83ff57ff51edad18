# It breaks: the blocks below stay frozen. Here they only stay out of the optimizer.
def unfreeze_top(model, optimizer, k):
    model.requires_grad_(True).train()
    blocks = blocks_of(model)
    cut = len(blocks) - k
    for block in blocks[:cut]:
        block.eval()
    known = {id(p) for group in optimizer.param_groups for p in group["params"]}
    new = [p for block in blocks[cut:] for p in block.parameters() if id(p) not in known]
    if new:
        optimizer.add_param_group({"params": new, "lr": optimizer.param_groups[0]["lr"] / 10})
