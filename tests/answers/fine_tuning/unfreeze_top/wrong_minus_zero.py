# It breaks: the top k blocks learn, none for k = 0. Here `blocks[-0:]` is all of them.
def unfreeze_top(model, optimizer, k):
    blocks = blocks_of(model)
    known = {id(p) for g in optimizer.param_groups for p in g["params"]}
    model.train()
    for block in blocks[:-k]:
        block.eval()
    new = [p.requires_grad_(True) for block in blocks[-k:] for p in block.parameters() if id(p) not in known]
    if new:
        optimizer.add_param_group({"params": new, "lr": optimizer.param_groups[0]["lr"] / 10})
