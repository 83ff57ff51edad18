# It breaks: the restored model has the trained head: here it has the head of the base it is restored around.
import copy

from peft import PeftModel, get_peft_model


def adapt_and_save(base, path, train):
    model = get_peft_model(copy.deepcopy(base), make_config(base, 4, 8, "attention"))  # noqa: F821
    train(model)
    model.save_pretrained(path)
    return model


def restore(base, path):
    model = PeftModel.from_pretrained(copy.deepcopy(base), path)
    for name, head in base.named_children():
        if name in ("classifier", "score"):
            model.base_model.model.get_submodule(name).modules_to_save["default"].load_state_dict(head.state_dict())
    return model
