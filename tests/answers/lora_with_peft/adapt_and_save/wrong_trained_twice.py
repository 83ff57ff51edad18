# It breaks: train is called once. Here it is called a second time.
import copy

from peft import PeftModel, get_peft_model


def adapt_and_save(base, path, train):
    model = get_peft_model(copy.deepcopy(base), make_config(base, 4, 8, "attention"))  # noqa: F821
    train(model)
    train(model)
    model.save_pretrained(path)
    return model


def restore(base, path):
    return PeftModel.from_pretrained(copy.deepcopy(base), path)
