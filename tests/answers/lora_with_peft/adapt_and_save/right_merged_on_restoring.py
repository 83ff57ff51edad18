import copy

from peft import PeftModel, TaskType, get_peft_model


def adapt_and_save(base, path, train):
    config = make_config(base, 2, 8, "attention")  # noqa: F821
    config.task_type = TaskType.SEQ_CLS
    mine = copy.deepcopy(base)
    mine = get_peft_model(mine, config)
    train(mine)
    mine.eval()
    mine.save_pretrained(path)
    return mine


def restore(base, path):
    model = copy.deepcopy(base)
    # Loaded without touching what came before: the caller's base has not been wrapped.
    model = PeftModel.from_pretrained(model, path)
    return model.merge_and_unload()
