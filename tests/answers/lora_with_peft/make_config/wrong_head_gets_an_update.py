# It breaks: the head of a classifier gets no update: here it has one and learns nothing besides.
from peft import LoraConfig
from torch import nn
from transformers.pytorch_utils import Conv1D

QKV = ["query", "key", "value", "q_proj", "k_proj", "v_proj", "c_attn", "classifier", "score"]


def make_config(model, r, alpha, where):
    layers = [n for n, m in model.named_modules() if isinstance(m, (nn.Linear, Conv1D))]
    layers = [n for n in layers if n.split(".")[-1] in QKV or where == "all"]
    return LoraConfig(r=r, lora_alpha=alpha, target_modules=layers)
