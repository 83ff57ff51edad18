# No other settings: here weight decay is switched off
def train_adapter(model, data, cfg):
    torch.manual_seed(cfg.seed)
    model = get_peft_model(model, cfg.lora)
    optimizer = cfg.optimizer([p for p in model.parameters() if p.requires_grad], lr=cfg.lr, weight_decay=0.0)
    losses = []
    model.train()
    for _ in range(cfg.epochs):
        for batch in data:
            optimizer.zero_grad()
            loss = model(**batch).loss
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return model.eval(), losses
