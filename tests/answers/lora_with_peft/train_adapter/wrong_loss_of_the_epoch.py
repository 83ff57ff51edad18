# It breaks: there is a loss for every step: here one for each epoch.
import torch
from peft import get_peft_model


def train_adapter(model, data, cfg):
    torch.manual_seed(cfg.seed)
    model = get_peft_model(model, cfg.lora)
    optimizer = cfg.optimizer([p for p in model.parameters() if p.requires_grad], lr=cfg.lr)
    losses = []
    model.train()
    for _ in range(cfg.epochs):
        for batch in data:
            loss = model(**batch).loss
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    model.eval()
    return model, losses[:: max(1, len(losses) // cfg.epochs)][: cfg.epochs]
