# `base` stays as it is: here nothing in it can learn any more
def make_regimes(base, labels):
    pretrained = new_task_head(base, labels)
    base.requires_grad_(False)
    untrained = AutoModelForSequenceClassification.from_config(pretrained.config).to(pretrained.dtype).eval()
    head = "classifier" if hasattr(pretrained, "classifier") else "score"
    setattr(untrained, head, copy.deepcopy(getattr(pretrained, head)))
    out = {name: copy.deepcopy(pretrained) for name in ("features", "partial", "lora", "full")}
    out.update({name: copy.deepcopy(untrained) for name in ("scratch", "random")})
    for name in ("features", "partial", "random"):
        out[name].base_model.requires_grad_(False)
    body = out["partial"].base_model
    blocks = body.encoder.layer if hasattr(body, "encoder") else body.h if hasattr(body, "h") else body.layers
    blocks[-1].requires_grad_(True)
    for after in ("pooler", "ln_f", "norm"):
        if hasattr(body, after):
            getattr(body, after).requires_grad_(True)
    out["lora"] = get_peft_model(out["lora"], make_config(out["lora"], 4, 8, "attention")).eval()
    return out
