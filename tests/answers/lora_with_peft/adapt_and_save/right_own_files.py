import copy
import json
import os

from peft import LoraConfig, get_peft_model, get_peft_model_state_dict, set_peft_model_state_dict
from safetensors.torch import load_file, save_file


def adapt_and_save(base, path, train):
    os.makedirs(path, exist_ok=True)
    config = make_config(base, 4, 4, "all")  # noqa: F821
    model = get_peft_model(copy.deepcopy(base), config)
    train(model)
    state = get_peft_model_state_dict(model)
    save_file({k: v.contiguous() for k, v in state.items()}, os.path.join(path, "adapter.safetensors"))
    settings = {"targets": sorted(config.target_modules), "task": config.task_type}
    with open(os.path.join(path, "settings.json"), "w") as f:
        json.dump(settings, f)
    return model


def restore(base, path):
    with open(os.path.join(path, "settings.json")) as f:
        settings = json.load(f)
    config = LoraConfig(r=4, lora_alpha=4, target_modules=settings["targets"], task_type=settings["task"])
    model = get_peft_model(copy.deepcopy(base), config)
    set_peft_model_state_dict(model, load_file(os.path.join(path, "adapter.safetensors")))
    return model.eval()
