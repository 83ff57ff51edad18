from peft import LoraConfig

QKV = ["query", "key", "value", "q_proj", "k_proj", "v_proj", "c_attn"]
REST = ["dense", "c_proj", "c_fc", "o_proj", "gate_proj", "up_proj", "down_proj", "fc1", "fc2"]


def make_config(model, r, alpha, where):
    kind = type(model).__name__
    names = QKV if where == "attention" else QKV + REST
    settings = {"r": r, "lora_alpha": alpha, "target_modules": names}
    if "SequenceClassification" in kind:
        return LoraConfig(task_type="SEQ_CLS", **settings)
    if "ImageClassification" in kind:
        return LoraConfig(modules_to_save=["classifier"], **settings)
    if kind == "BertForMaskedLM":
        return LoraConfig(exclude_modules=r"cls\..*", **settings)
    return LoraConfig(task_type="CAUSAL_LM", **settings)
