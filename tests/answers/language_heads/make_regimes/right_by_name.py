# What can learn is decided by the names of the parameters
def make_regimes(base, labels):
    first = new_task_head(base, labels)
    other = AutoModelForSequenceClassification.from_config(copy.deepcopy(first.config)).to(first.dtype)
    for head in ("classifier", "score"):
        if hasattr(first, head):
            setattr(other, head, copy.deepcopy(getattr(first, head)))
    n = first.config.num_hidden_layers - 1
    is_head = ("classifier.", "score.")
    last = (
        f"bert.encoder.layer.{n}.",
        "bert.pooler.",
        f"transformer.h.{n}.",
        "transformer.ln_f.",
        f"model.layers.{n}.",
        "model.norm.",
    )

    def only(model, starts):
        for name, p in model.named_parameters():
            p.requires_grad_(name.startswith(starts))
        return model.eval()

    out = {
        "features": only(copy.deepcopy(first), is_head),
        "partial": only(copy.deepcopy(first), is_head + last),
        "full": only(copy.deepcopy(first), ""),
        "scratch": only(copy.deepcopy(other), ""),
        "random": only(copy.deepcopy(other), is_head),
    }
    inner = copy.deepcopy(first)
    out["lora"] = get_peft_model(inner, make_config(inner, 4, 8, "attention")).eval()
    return {k: out[k] for k in ("features", "partial", "lora", "full", "scratch", "random")}
