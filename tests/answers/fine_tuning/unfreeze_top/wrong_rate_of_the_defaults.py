# It breaks: a tenth of the rate of the first group. Here it is a tenth of what the optimizer was made with.
def unfreeze_top(model, optimizer, k):
    blocks = blocks_of(model)
    cut = len(blocks) - k
    known = {id(p) for g in optimizer.param_groups for p in g["params"]}
    model.train()
    for block in blocks[:cut]:
        block.eval()
    new = [p.requires_grad_(True) for block in blocks[cut:] for p in block.parameters() if id(p) not in known]
    if new:
        optimizer.add_param_group({"params": new, "lr": optimizer.defaults["lr"] / 10})
