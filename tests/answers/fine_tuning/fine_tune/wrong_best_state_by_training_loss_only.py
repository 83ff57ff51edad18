# It breaks: the state of the epoch with the lowest val_loss. Here of the lowest train_loss; patience is right.
def fine_tune(model, train, val, cfg):
    mode = model.training
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=cfg.lr)
    best, lowest, waited, history = None, float("inf"), 0, []
    for _ in range(cfg.epochs):
        model.train()
        s, n = 0.0, 0
        for x, y in train:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            s += loss.item() * len(y)
            n += len(y)
        model.eval()
        v, hits, m = 0.0, 0, 0
        with torch.no_grad():
            for x, y in val:
                out = model(x)
                v += F.cross_entropy(out, y).item() * len(y)
                hits += (out.argmax(1) == y).sum().item()
                m += len(y)
        history.append({"train_loss": s / n, "val_loss": v / m, "val_accuracy": hits / m})
        if s / n == min(epoch["train_loss"] for epoch in history):
            best = copy.deepcopy(model.state_dict())
        if v / m < lowest:
            lowest, waited = v / m, 0
        else:
            waited += 1
            if waited >= cfg.patience:
                break
    model.train(mode)
    return best, history
