import torch
from peft import PeftModel, get_peft_model


def one_step(model, optimizer, batch):
    loss = model(**batch)[0]
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


def train_adapter(model, data, cfg):
    torch.manual_seed(cfg.seed)
    adapted: PeftModel = get_peft_model(model, cfg.lora)
    groups = [p for _, p in adapted.named_parameters() if p.requires_grad]
    optimizer = cfg.optimizer(groups, lr=cfg.lr)
    adapted.train()
    losses = [one_step(adapted, optimizer, batch) for _ in range(cfg.epochs) for batch in data]
    adapted.train(False)
    return adapted, losses
