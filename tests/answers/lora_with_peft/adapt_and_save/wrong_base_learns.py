# It breaks: the base stays as it is: here a part of it is shared with the copy and trained.
import copy

from peft import PeftModel, get_peft_model


def adapt_and_save(base, path, train):
    model = get_peft_model(copy.deepcopy(base), make_config(base, 4, 8, "attention"))  # noqa: F821
    model.get_submodule("base_model.model." + base.base_model_prefix).requires_grad_(False)
    for p in base.get_input_embeddings().parameters():
        p.data.mul_(1.1)
    train(model)
    model.save_pretrained(path)
    return model


def restore(base, path):
    return PeftModel.from_pretrained(copy.deepcopy(base), path)
