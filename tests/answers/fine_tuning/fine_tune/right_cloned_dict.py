def fine_tune(model, train, val, cfg):
    was_training = model.training
    opt = torch.optim.SGD(filter(lambda p: p.requires_grad, model.parameters()), lr=cfg.lr)
    loss_fn = torch.nn.CrossEntropyLoss()
    history, best_loss, bad = [], None, 0

    for epoch in range(cfg.epochs):
        model.train()
        losses, sizes = [], []
        for xb, yb in train:
            opt.zero_grad()
            loss = loss_fn(model(xb), yb)
            loss.backward()
            opt.step()
            losses.append(loss.item())
            sizes.append(xb.shape[0])
        train_loss = sum(a * b for a, b in zip(losses, sizes)) / sum(sizes)

        model.eval()
        logits, targets = [], []
        with torch.no_grad():
            for xb, yb in val:
                logits.append(model(xb))
                targets.append(yb)
        logits, targets = torch.cat(logits), torch.cat(targets)
        val_loss = loss_fn(logits, targets).item()
        acc = (logits.argmax(dim=1) == targets).float().mean().item()
        history.append(dict(train_loss=train_loss, val_loss=val_loss, val_accuracy=acc, epoch=epoch))

        if best_loss is None or val_loss < best_loss:
            best_loss, bad = val_loss, 0
            best_state = {k: v.detach().clone() for k, v in model.state_dict().items()}
        else:
            bad += 1
        if bad >= cfg.patience:
            break
    model.train(was_training)
    return best_state, history
