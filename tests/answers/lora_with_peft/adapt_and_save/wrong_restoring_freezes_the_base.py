# The caller's base stays as it is: here restoring freezes it
def adapt_and_save(base, path, train):
    model = get_peft_model(copy.deepcopy(base), make_config(base, 4, 8, "attention"))
    train(model)
    model.save_pretrained(path)
    return model


def restore(base, path):
    base.requires_grad_(False)
    return PeftModel.from_pretrained(copy.deepcopy(base), path)
