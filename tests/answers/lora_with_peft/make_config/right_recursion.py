import torch
from peft import LoraConfig
from transformers.pytorch_utils import Conv1D


def find(part, path, found):
    for name, child in part.named_children():
        if isinstance(child, (torch.nn.Linear, Conv1D)):
            found.append(path + name)
        find(child, path + name + ".", found)
    return found


def make_config(model, r, alpha, where="attention"):
    targets = find(getattr(model, model.base_model_prefix), model.base_model_prefix + ".", [])
    if where == "attention":
        ends = ["q_proj", "k_proj", "v_proj", "query", "key", "value", "c_attn"]
        targets = [t for t in targets if t.rpartition(".")[2] in ends]
    save = None
    for head in ["score", "classifier"]:
        if hasattr(model, head):
            save = [head]
    return LoraConfig(target_modules=targets, r=r, lora_alpha=alpha, modules_to_save=save, bias="none")
