# %% question="make_config"
def make_config(model, r, alpha, where):
    wanted = {"query", "key", "value", "q_proj", "k_proj", "v_proj", "c_attn"}
    targets = []
    for name, part in model.base_model.named_modules():
        if isinstance(part, (nn.Linear, Conv1D)) and (where == "all" or name.split(".")[-1] in wanted):
            targets.append(f"{model.base_model_prefix}.{name}")
    return LoraConfig(r=r, lora_alpha=alpha, target_modules=targets)


# %% question="train_adapter"
def train_adapter(model, data, cfg):
    torch.manual_seed(cfg.seed)
    model = get_peft_model(model, cfg.lora).eval()
    optimizer = cfg.optimizer([p for p in model.parameters() if p.requires_grad], lr=cfg.lr)
    losses = []
    for _ in range(cfg.epochs):
        for batch in data:
            loss = model(**batch).loss
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return model, losses


# %% question="deploy"
def deploy(model):
    for part in list(model.modules()):
        layer = getattr(part, "base_layer", None)
        if layer is not None and hasattr(model.config, "vocab_size"):
            if layer.weight is model.get_input_embeddings().weight:
                layer.weight = nn.Parameter(layer.weight.detach().clone())
                model.base_model.model.config.tie_word_embeddings = False
    return model.merge_and_unload().eval()
