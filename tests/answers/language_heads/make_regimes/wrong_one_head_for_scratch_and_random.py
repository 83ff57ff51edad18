# No two models share weights: here scratch and random have one head
def make_regimes(base, labels):
    pretrained = new_task_head(base, labels)
    blank = AutoModelForSequenceClassification.from_config(pretrained.config).to(pretrained.dtype).eval()
    head = "classifier" if hasattr(pretrained, "classifier") else "score"
    setattr(blank, head, copy.deepcopy(getattr(pretrained, head)))
    names = ("features", "partial", "lora", "full", "scratch", "random")
    regimes = {name: copy.deepcopy(blank if name in names[4:] else pretrained) for name in names}
    setattr(regimes["random"], head, getattr(regimes["scratch"], head))
    for name in ("features", "partial", "random"):
        regimes[name].base_model.requires_grad_(False)
    body = regimes["partial"].base_model
    blocks = body.encoder.layer if hasattr(body, "encoder") else body.h if hasattr(body, "h") else body.layers
    blocks[-1].requires_grad_(True)
    for after in ("pooler", "ln_f", "norm"):
        if hasattr(body, after):
            getattr(body, after).requires_grad_(True)
    regimes["lora"] = get_peft_model(regimes["lora"], make_config(regimes["lora"], 4, 8, "attention")).eval()
    return regimes
