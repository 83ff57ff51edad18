# It breaks: the epoch with the lowest val_loss. Here the one with the highest accuracy.
import copy

import torch
import torch.nn.functional as F


def fine_tune(model, train, val, cfg):
    came = model.training
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=cfg.lr)
    best, lowest, waited, history = None, float("inf"), 0, []
    for epoch in range(cfg.epochs):
        model.train()
        total, n = 0.0, 0
        for x, y in train:
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(y)
            n += len(y)
        model.eval()
        val_loss, right, m = 0.0, 0, 0
        with torch.no_grad():
            for x, y in val:
                logits = model(x)
                val_loss += F.cross_entropy(logits, y, reduction="sum").item()
                right += (logits.argmax(1) == y).sum().item()
                m += len(y)
        val_loss /= m
        history.append({"train_loss": total / n, "val_loss": val_loss, "val_accuracy": right / m})
        if right / m > max([0.0] + [h["val_accuracy"] for h in history[:-1]]):
            best = copy.deepcopy(model.state_dict())
        if val_loss < lowest:
            lowest, waited = val_loss, 0
        else:
            waited += 1
            if waited == cfg.patience:
                break
    model.train(came)
    return best, history
