# Nothing comes from the base: here random is the base with noise
def make_regimes(base, labels):
    def freeze(m):
        m.base_model.requires_grad_(False)
        return m

    pre = new_task_head(base, labels)
    rand = copy.deepcopy(pre)
    with torch.no_grad():
        for p in rand.base_model.parameters():
            p.add_(torch.randn_like(p))
    for h in ("classifier", "score"):
        if hasattr(pre, h):
            setattr(rand, h, copy.deepcopy(getattr(pre, h)))
    partial = freeze(copy.deepcopy(pre))
    b = partial.base_model
    blocks = b.encoder.layer if hasattr(b, "encoder") else b.h if hasattr(b, "h") else b.layers
    blocks[-1].requires_grad_(True)
    for after in ("pooler", "ln_f", "norm"):
        if hasattr(b, after):
            getattr(b, after).requires_grad_(True)
    lora = copy.deepcopy(pre)
    return {
        "features": freeze(copy.deepcopy(pre)),
        "partial": partial,
        "lora": get_peft_model(lora, make_config(lora, 4, 8, "attention")).eval(),
        "full": pre,
        "scratch": rand,
        "random": freeze(copy.deepcopy(rand)),
    }
