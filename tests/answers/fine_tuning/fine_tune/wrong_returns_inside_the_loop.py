# It breaks: the model ends in the mode that it came in. Here not if patience ends the run.
def fine_tune(model, train, val, cfg):
    """Train until validation gets no better. Returns the best state and the history."""
    mode = model.training
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=cfg.lr)
    best, lowest, waited, history = None, float("inf"), 0, []
    for _ in range(cfg.epochs):
        model.train()
        total, n = 0.0, 0
        for x, y in train:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(y)
            n += len(y)
        model.eval()
        val_total, hits, m = 0.0, 0, 0
        with torch.no_grad():
            for x, y in val:
                out = model(x)
                val_total += F.cross_entropy(out, y).item() * len(y)
                hits += (out.argmax(1) == y).sum().item()
                m += len(y)
        val_loss = val_total / m
        history.append({"train_loss": total / n, "val_loss": val_loss, "val_accuracy": hits / m})
        if val_loss < lowest:
            best, lowest, waited = copy.deepcopy(model.state_dict()), val_loss, 0
        else:
            waited += 1
            if waited >= cfg.patience:
                return best, history
    model.train(mode)
    return best, history
