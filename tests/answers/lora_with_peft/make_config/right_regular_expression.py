import re

from peft import LoraConfig


def make_config(model, r, alpha, where):
    body = re.escape(model.base_model_prefix)
    if where == "attention":
        pattern = rf"{body}\..*\.(query|key|value|[qkv]_proj|c_attn)"
    else:
        classes = ("Linear", "Conv1D")
        paths = [re.escape(n) for n, m in model.named_modules() if type(m).__name__ in classes]
        pattern = rf"(?={body}\.)({'|'.join(paths)})"
    heads = [n for n in ["classifier", "score"] if n in dict(model.named_children())]
    return LoraConfig(r=r, lora_alpha=alpha, target_modules=pattern, modules_to_save=heads or None)
