# It breaks: the trained model is returned: here nothing is.
import copy

from peft import PeftModel, get_peft_model


def adapt_and_save(base, path, train):
    model = get_peft_model(copy.deepcopy(base), make_config(base, 4, 8, "attention"))  # noqa: F821
    train(model)
    model.save_pretrained(path)


def restore(base, path):
    return PeftModel.from_pretrained(copy.deepcopy(base), path)
