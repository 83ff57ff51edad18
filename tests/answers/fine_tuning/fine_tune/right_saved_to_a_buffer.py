import io

import numpy as np


def run(model, batches, optimizer=None):
    """One pass; returns mean loss and accuracy over the pictures."""
    model.train(optimizer is not None)
    losses, hits = [], []
    with torch.set_grad_enabled(optimizer is not None):
        for x, y in batches:
            out = model(x)
            each = F.cross_entropy(out, y, reduction="none")
            if optimizer is not None:
                optimizer.zero_grad(set_to_none=False)
                each.mean().backward()
                optimizer.step()
            losses.extend(each.detach().numpy())
            hits.extend((out.argmax(-1) == y).numpy())
    return np.mean(losses), np.mean(hits)


def fine_tune(model, train, val, cfg):
    mode = model.training
    sgd = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], cfg.lr)
    best, history = io.BytesIO(), []
    since, low = 0, np.inf
    while len(history) < cfg.epochs and since < cfg.patience:
        train_loss, _ = run(model, train, sgd)
        val_loss, val_accuracy = run(model, val)
        history.append({"train_loss": train_loss, "val_loss": val_loss, "val_accuracy": val_accuracy})
        since += 1
        if val_loss < low:
            best, low, since = io.BytesIO(), val_loss, 0
            torch.save(model.state_dict(), best)
    model.train(mode)
    best.seek(0)
    return torch.load(best), history
