import copy

import torch
from peft import get_peft_model


def train_adapter(model, data, cfg):
    copied = copy.deepcopy(model)
    torch.manual_seed(cfg.seed)
    adapted = get_peft_model(copied, cfg.lora).train()
    trainable = filter(lambda p: p.requires_grad, adapted.parameters())
    optimizer = cfg.optimizer([{"params": list(trainable)}], lr=cfg.lr)
    losses = []

    def closure():
        optimizer.zero_grad(set_to_none=False)
        loss = adapted(**batch)["loss"]
        loss.backward()
        losses.append(loss.detach())
        return loss

    for _ in range(cfg.epochs):
        for batch in data:  # noqa: B007
            optimizer.step(closure)
    return adapted.eval(), losses
