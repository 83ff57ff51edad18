# It breaks: the head is in train mode afterwards. Here only the thawed blocks are.
def unfreeze_top(model, optimizer, k):
    blocks = blocks_of(model)
    cut = len(blocks) - k
    known = {id(p) for g in optimizer.param_groups for p in g["params"]}
    model.eval()
    for block in blocks[cut:]:
        block.train()
    new = [p.requires_grad_(True) for block in blocks[cut:] for p in block.parameters() if id(p) not in known]
    if new:
        optimizer.add_param_group({"params": new, "lr": optimizer.param_groups[0]["lr"] / 10})
