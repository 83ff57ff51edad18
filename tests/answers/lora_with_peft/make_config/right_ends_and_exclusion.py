# Ends of paths, and what is outside the body is excluded
def make_config(model, r, alpha, where):
    prefix = model.base_model_prefix
    outside = [n for n, _ in model.named_children() if n != prefix]
    heads = [n for n in outside if n in {"classifier", "score"}]
    linear = {n.split(".")[-1] for n, m in model.base_model.named_modules() if type(m).__name__ in {"Linear", "Conv1D"}}
    qkv = {"query", "key", "value", "q_proj", "k_proj", "v_proj", "c_attn"}
    return LoraConfig(
        r=r,
        lora_alpha=alpha,
        target_modules=sorted(linear & qkv if where == "attention" else linear),
        exclude_modules=rf"^(?!{prefix}\.).*",
        modules_to_save=heads or None,
    )
