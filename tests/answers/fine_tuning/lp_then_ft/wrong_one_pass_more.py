# It breaks: no pass more than these. Here the probe has one more.
import torch
import torch.nn.functional as F


def lp_then_ft(model, train, cfg):
    head = head_of(model)
    model.requires_grad_(False)
    head.requires_grad_(True)
    model.eval()
    head.train()
    optimizer = torch.optim.SGD(head.parameters(), lr=cfg.lr_head)
    for epoch in range(cfg.lp_epochs + 1):
        for x, y in train:
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
    model.requires_grad_(True)
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=cfg.lr_body)
    for epoch in range(cfg.ft_epochs):
        for x, y in train:
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
    return model.eval()
