# It breaks: alpha is any number: here it is rounded.
from peft import LoraConfig
from torch import nn
from transformers.pytorch_utils import Conv1D

QKV = ["query", "key", "value", "q_proj", "k_proj", "v_proj", "c_attn"]


def make_config(model, r, alpha, where):
    layers = [n for n, m in model.base_model.named_modules() if isinstance(m, (nn.Linear, Conv1D))]
    layers = [n for n in layers if where == "all" or n.split(".")[-1] in QKV]
    targets = [f"{model.base_model_prefix}.{n}" for n in layers]
    heads = [n for n in ["classifier", "score"] if hasattr(model, n)] or None
    return LoraConfig(r=r, lora_alpha=int(alpha), target_modules=targets, modules_to_save=heads)
