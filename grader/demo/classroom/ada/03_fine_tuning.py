# %% question="load_backbone"
def load_backbone(model, checkpoint):
    own = model.state_dict()

    def without(prefix):
        return {name.removeprefix(prefix): tensor for name, tensor in checkpoint.items()}

    # Try every beginning of the first name, and take the one that fits best.
    parts = next(iter(checkpoint)).split(".")
    prefixes = ["".join(part + "." for part in parts[:i]) for i in range(len(parts))]
    theirs = max(map(without, prefixes), key=lambda names: len(names.keys() & own.keys()))

    both = own.keys() & theirs.keys()
    fits = {name for name in both if own[name].shape == theirs[name].shape}
    if not fits:
        raise ValueError("nothing of this checkpoint fits")
    model.load_state_dict({name: theirs[name].clone() for name in fits}, strict=False)
    return LoadReport(
        loaded=sorted(fits),
        missing=sorted(own.keys() - theirs.keys()),
        mismatched=sorted(both - fits),
        unexpected=sorted(theirs.keys() - own.keys()),
    )


# %% question="param_groups"
def param_groups(model, lr_head, lr_body, wd):
    buckets = {}
    for name, p in model.named_parameters():
        if not p.requires_grad:
            continue
        top = name.partition(".")[0]
        key = (lr_head if top in HEADS else lr_body, wd if p.dim() > 1 else 0.0)
        buckets.setdefault(key, []).append(p)
    return [{"params": ps, "lr": lr, "weight_decay": decay} for (lr, decay), ps in buckets.items()]


# %% question="unfreeze_top"
def unfreeze_top(model, optimizer, k):
    model.train()
    lr = optimizer.param_groups[0]["lr"]
    for height, block in enumerate(reversed(blocks_of(model))):
        if height >= k:
            block.eval()
            continue
        new = [p for p in block.parameters() if not p.requires_grad]
        block.requires_grad_(True)
        if new:
            optimizer.add_param_group({"params": new, "lr": lr / 10})


# %% question="fine_tune"
def evaluate(model, batches):
    model.eval()
    with torch.no_grad():
        pairs = [(model(x), y) for x, y in batches]
    logits = torch.cat([out for out, _ in pairs])
    y = torch.cat([y for _, y in pairs])
    return F.cross_entropy(logits, y).item(), (logits.argmax(1) == y).float().mean().item()


def fine_tune(model, train, val, cfg):
    mode = model.training
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=cfg.lr)
    history, best, best_epoch = [], None, 0
    for epoch in range(cfg.epochs):
        model.train()
        losses = []
        for x, y in train:
            each = F.cross_entropy(model(x), y, reduction="none")
            optimizer.zero_grad()
            each.mean().backward()
            optimizer.step()
            losses.append(each.detach())
        val_loss, val_accuracy = evaluate(model, val)
        if best is None or val_loss < history[best_epoch]["val_loss"]:
            best_epoch = epoch
            best = {name: value.clone() for name, value in model.state_dict().items()}
        train_loss = torch.cat(losses).mean().item()
        history.append({"train_loss": train_loss, "val_loss": val_loss, "val_accuracy": val_accuracy})
        if epoch - best_epoch == cfg.patience:
            break
    model.train(mode)
    return best, history


# %% question="lp_then_ft"
def lp_then_ft(model, train, cfg):
    head = head_of(model)

    def passes(parameters, epochs, lr):
        optimizer = torch.optim.SGD(parameters, lr=lr)
        for _ in range(epochs):
            for x, y in train:
                model.zero_grad()
                F.cross_entropy(model(x), y).backward()
                optimizer.step()

    model.requires_grad_(False).eval()
    head.requires_grad_(True).train()
    passes(head.parameters(), cfg.lp_epochs, cfg.lr_head)
    model.requires_grad_(True).train()
    passes(model.parameters(), cfg.ft_epochs, cfg.lr_body)
    return model.eval()
