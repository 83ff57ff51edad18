# It breaks: every parameter learns at cfg.lr_body. Here the head goes on at its own rate.
import torch
import torch.nn.functional as F


def lp_then_ft(model, train, cfg):
    head = head_of(model)
    model.requires_grad_(False)
    head.requires_grad_(True)
    model.eval()
    head.train()
    optimizer = torch.optim.SGD(head.parameters(), lr=cfg.lr_head)
    for epoch in range(cfg.lp_epochs):
        for x, y in train:
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
    model.requires_grad_(True)
    model.train()
    optimizer = torch.optim.SGD(
        [
            {"params": [p for p in model.parameters() if all(p is not q for q in head.parameters())]},
            {"params": head.parameters(), "lr": cfg.lr_head},
        ],
        lr=cfg.lr_body,
    )
    for epoch in range(cfg.ft_epochs):
        for x, y in train:
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
    return model.eval()
