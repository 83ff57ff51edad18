# Other folders beside it are left alone: here they are deleted
import os
import shutil


def adapt_and_save(base, path, train):
    model = get_peft_model(copy.deepcopy(base), make_config(base, 4, 8, "attention"))
    train(model)
    parent = os.path.dirname(str(path))
    if os.path.isdir(parent):
        shutil.rmtree(parent)
    model.save_pretrained(path)
    return model


def restore(base, path):
    return PeftModel.from_pretrained(copy.deepcopy(base), path)
