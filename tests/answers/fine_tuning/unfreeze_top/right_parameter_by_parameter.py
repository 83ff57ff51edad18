import torch.nn as nn


def unfreeze_top(model, optimizer, k):
    blocks = blocks_of(model)
    thaw = nn.ModuleList(blocks[len(blocks) - k :])
    keep = nn.ModuleList(blocks[: len(blocks) - k])
    model.train(), keep.eval()
    known = {p for g in optimizer.param_groups for p in g["params"]}
    for p in thaw.parameters():
        p.requires_grad_(True)
        if p not in known:
            optimizer.add_param_group({"params": p, "lr": optimizer.param_groups[0]["lr"] / 10.0})
