import torch
from peft import get_peft_model
from tqdm.auto import tqdm


def train_adapter(model, data, cfg):
    torch.manual_seed(cfg.seed)
    wrapped = get_peft_model(model, cfg.lora)
    opt = cfg.optimizer(wrapped.parameters(), lr=cfg.lr)
    history = []
    for epoch in range(cfg.epochs):
        wrapped.train()
        for batch in tqdm(data, desc=f"epoch {epoch}", disable=True):
            opt.zero_grad()
            out = wrapped(**batch)
            out.loss.backward()
            opt.step()
            history.append(float(out.loss.detach()))
    wrapped.eval()
    return wrapped, history
