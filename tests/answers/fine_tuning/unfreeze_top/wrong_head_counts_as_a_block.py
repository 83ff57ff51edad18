# It breaks: the top k blocks of the backbone. Here the head is one of them.
def unfreeze_top(model, optimizer, k):
    blocks = blocks_of(model)
    cut = len(blocks) - max(k - 1, 0)
    known = {id(p) for g in optimizer.param_groups for p in g["params"]}
    model.train()
    for block in blocks[:cut]:
        block.eval()
    new = [p.requires_grad_(True) for block in blocks[cut:] for p in block.parameters() if id(p) not in known]
    if new:
        optimizer.add_param_group({"params": new, "lr": optimizer.param_groups[0]["lr"] / 10})
