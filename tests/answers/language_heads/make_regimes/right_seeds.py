# the seed is set before each drawing, so that head and pooler come out the same
def make_regimes(base, labels):
    state = torch.get_rng_state()

    def pretrained():
        torch.manual_seed(11)
        return new_task_head(base, labels)

    def untrained():
        model = pretrained()
        torch.manual_seed(12)
        other = AutoModelForSequenceClassification.from_config(model.config).to(model.dtype)
        model.base_model.load_state_dict(other.base_model.state_dict())
        return model

    out = {n: pretrained() for n in ("features", "partial", "lora", "full")}
    out["scratch"], out["random"] = untrained(), untrained()
    for n in ("features", "partial", "random"):
        for p in out[n].base_model.parameters():
            p.requires_grad = False
    body = out["partial"].base_model
    parts = {"bert": lambda b: [b.encoder.layer[-1], b.pooler], "gpt2": lambda b: [b.h[-1], b.ln_f]}
    for part in parts.get(base.config.model_type, lambda b: [b.layers[-1], b.norm])(body):
        for p in part.parameters():
            p.requires_grad = True
    out["lora"] = get_peft_model(out["lora"], make_config(out["lora"], 4, 8, "attention"))
    torch.set_rng_state(state)
    return {n: m.eval() for n, m in out.items()}
