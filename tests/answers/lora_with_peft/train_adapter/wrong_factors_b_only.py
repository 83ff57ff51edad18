# It breaks: all that can learn is trained: here A is not.
import torch
from peft import get_peft_model


def train_adapter(model, data, cfg):
    torch.manual_seed(cfg.seed)
    model = get_peft_model(model, cfg.lora)
    optimizer = cfg.optimizer([p for n, p in model.named_parameters() if p.requires_grad and "lora_A" not in n], lr=cfg.lr)
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
    return model, losses
