# Any rank and any layers: here a rank that makes the update nearly as large as a small body.
import copy

from peft import PeftModelForSequenceClassification


def adapt_and_save(base, path, train):
    model = PeftModelForSequenceClassification(copy.deepcopy(base), make_config(base, 16, 16, "all"))  # noqa: F821
    train(model)
    model.save_pretrained(save_directory=path)
    return model.eval()


def restore(base, path):
    return PeftModelForSequenceClassification.from_pretrained(copy.deepcopy(base), path)
