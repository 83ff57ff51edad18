# It breaks: the optimizer is changed in place. Here a new one is returned.
import torch


def unfreeze_top(model, optimizer, k):
    blocks = blocks_of(model)
    cut = len(blocks) - k
    model.train()
    for block in blocks[:cut]:
        block.eval()
    for block in blocks[cut:]:
        block.requires_grad_(True)
    lr = optimizer.param_groups[0]["lr"]
    body = [p for block in blocks[cut:] for p in block.parameters()]
    return torch.optim.SGD([{"params": head_of(model).parameters()}, {"params": body, "lr": lr / 10}], lr=lr)
