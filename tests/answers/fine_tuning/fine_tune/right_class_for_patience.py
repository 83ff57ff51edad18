class Stopper:
    def __init__(self, patience):
        self.patience, self.left, self.low, self.state = patience, patience, float("inf"), None

    def __call__(self, loss, model):
        if loss < self.low:
            self.low, self.left = loss, self.patience
            self.state = copy.deepcopy(model.state_dict())
        else:
            self.left -= 1
        return self.left == 0


def fine_tune(model, train, val, cfg):
    modes = {m: m.training for m in model.modules()}
    params = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(params, lr=cfg.lr)
    stop, history = Stopper(cfg.patience), []
    for _ in range(cfg.epochs):
        model.train()
        loss_sum = n = 0
        for batch in train:
            x, y = batch
            loss = F.nll_loss(F.log_softmax(model(x), dim=1), y)
            for p, g in zip(params, torch.autograd.grad(loss, params)):
                p.grad = g
            optimizer.step()
            loss_sum, n = loss_sum + float(loss) * len(x), n + len(x)
        model.eval()
        val_sum = hits = m = 0
        for x, y in val:
            with torch.no_grad():
                out = model(x)
            val_sum += float(F.cross_entropy(out, y, reduction="sum"))
            hits += int((out.argmax(1) == y).sum())
            m += len(x)
        history.append({"val_accuracy": hits / m, "val_loss": val_sum / m, "train_loss": loss_sum / n})
        if stop(history[-1]["val_loss"], model):
            break
    for module, mode in modes.items():
        module.training = mode
    return stop.state, history
