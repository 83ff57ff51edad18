import peft


def make_config(model, r, alpha, where):
    name = model.__class__.__name__
    cfg = peft.LoraConfig(r=r, lora_alpha=alpha, lora_dropout=0.05)
    if where == "attention":
        cfg.target_modules = {"query", "key", "value", "q_proj", "k_proj", "v_proj", "c_attn"}
    else:
        cfg.target_modules = "all-linear"
    if name.endswith("Classification"):
        cfg.task_type = peft.TaskType.SEQ_CLS
    elif name.endswith("MaskedLM"):
        cfg.exclude_modules = ["cls.predictions.transform.dense", "cls.predictions.decoder"]
    else:
        cfg.task_type = peft.TaskType.CAUSAL_LM
    return cfg
