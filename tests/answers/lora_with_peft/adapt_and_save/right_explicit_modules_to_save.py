from copy import deepcopy

import peft


def adapt_and_save(base, path, train):
    head = "classifier" if hasattr(base, "classifier") else "score"
    names = ["query", "value", "q_proj", "v_proj", "c_attn"]
    config = peft.LoraConfig(r=8, lora_alpha=16, target_modules=names, modules_to_save=[head])
    adapted = peft.get_peft_model(deepcopy(base), config)
    train(adapted)
    adapted.save_pretrained(path)
    return adapted


def restore(base, path):
    return peft.PeftModel.from_pretrained(deepcopy(base), path, is_trainable=True)
