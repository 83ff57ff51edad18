# The optimizer calls a closure
def train_adapter(model, data, cfg):
    torch.manual_seed(cfg.seed)
    wrapped = get_peft_model(model, cfg.lora).train()
    optimizer = cfg.optimizer([p for p in wrapped.parameters() if p.requires_grad], lr=cfg.lr)

    def step(batch):
        def closure():
            optimizer.zero_grad()
            loss = wrapped(**batch).loss
            loss.backward()
            return loss

        return float(optimizer.step(closure))

    losses = [step(batch) for _ in range(cfg.epochs) for batch in data]
    return wrapped.eval(), losses
