# It breaks: what was trained is saved: here another copy is.
import copy

from peft import PeftModel, get_peft_model


def adapt_and_save(base, path, train):
    model = get_peft_model(copy.deepcopy(base), make_config(base, 4, 8, "attention"))  # noqa: F821
    train(model)
    other = get_peft_model(copy.deepcopy(base), make_config(base, 4, 8, "attention"))  # noqa: F821
    other.save_pretrained(path)
    return model


def restore(base, path):
    return PeftModel.from_pretrained(copy.deepcopy(base), path)
