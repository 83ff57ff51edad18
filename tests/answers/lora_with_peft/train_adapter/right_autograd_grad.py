# Gradients come from torch.autograd.grad, and train mode is set in every epoch
def train_adapter(model, data, cfg):
    torch.manual_seed(cfg.seed)
    model = get_peft_model(model, cfg.lora)
    learn = [p for p in model.parameters() if p.requires_grad]
    optimizer = cfg.optimizer(learn, lr=cfg.lr)
    losses = []
    for _ in range(cfg.epochs):
        model.train()
        for batch in data:
            loss = model(**batch).loss
            grads = torch.autograd.grad(loss, learn, allow_unused=True)
            for p, g in zip(learn, grads):
                p.grad = g
            optimizer.step()
            losses.append(loss.item())
    model.eval()
    return model, losses
