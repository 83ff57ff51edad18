from copy import deepcopy


def fine_tune(model, train, val, cfg):
    training = model.training
    optimizer = torch.optim.SGD(list(model.parameters()), lr=cfg.lr)  # (frozen ones have no gradient)
    states, history = [], []
    for epoch in range(cfg.epochs):
        row = {"train_loss": torch.tensor(0.0), "val_loss": torch.tensor(0.0), "val_accuracy": torch.tensor(0.0)}
        seen = 0
        model.train()
        for x, y in train:
            model.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            row["train_loss"] += loss.detach() * y.numel()
            seen += y.numel()
        row["train_loss"] /= seen
        seen = 0
        model.eval()
        with torch.inference_mode():
            for x, y in val:
                out = model(x)
                row["val_loss"] += F.cross_entropy(out, y) * y.numel()
                row["val_accuracy"] += (out.argmax(1) == y).sum()
                seen += y.numel()
        row["val_loss"] /= seen
        row["val_accuracy"] /= seen
        history.append({name: float(value) for name, value in row.items()})
        states.append(deepcopy(model).state_dict())
        losses = [h["val_loss"] for h in history]
        where = losses.index(min(losses))
        if epoch - where >= cfg.patience:
            break
    model.train(training)
    return states[where], history
