# a function makes each of them; weights go through state dicts
def make_regimes(base, labels):
    first = new_task_head(base, labels)
    start = {k: v.clone() for k, v in first.state_dict().items()}
    blank = AutoModelForSequenceClassification.from_config(copy.deepcopy(first.config))
    noise = {k: v.clone() for k, v in blank.to(first.dtype).state_dict().items()}
    noise.update({k: v.clone() for k, v in start.items() if k.split(".")[0] in ("classifier", "score")})

    def fresh(state):
        model = AutoModelForSequenceClassification.from_config(copy.deepcopy(first.config)).to(first.dtype)
        model.load_state_dict({k: v.clone() for k, v in state.items()})
        return model.eval()

    def only(model, words):
        for name, p in model.named_parameters():
            p.requires_grad = any(word in "." + name for word in words)
        return model

    head = [".classifier.", ".score."]
    last = first.config.num_hidden_layers - 1
    above = [f".layer.{last}.", f".h.{last}.", f".layers.{last}.", ".pooler.", ".ln_f.", "model.norm."]
    return {
        "features": only(fresh(start), head),
        "partial": only(fresh(start), head + above),
        "lora": get_peft_model(fresh(start), make_config(first, 4, 8, "attention")).eval(),
        "full": fresh(start),
        "scratch": fresh(noise),
        "random": only(fresh(noise), head),
    }
