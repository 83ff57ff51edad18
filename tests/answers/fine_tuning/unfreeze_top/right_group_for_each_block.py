def unfreeze_top(model, optimizer, k):
    blocks = blocks_of(model)
    n = len(blocks)
    held = [p for g in optimizer.param_groups for p in g["params"]]
    model.train()
    for i, block in enumerate(blocks):
        if i >= n - k:
            for p in block.parameters():
                p.requires_grad = True
            if not any(p is q for p in block.parameters() for q in held):
                optimizer.add_param_group(dict(params=block.parameters(), lr=0.1 * optimizer.param_groups[0]["lr"]))
        else:
            block.eval()
            for p in block.parameters():
                p.requires_grad = False
