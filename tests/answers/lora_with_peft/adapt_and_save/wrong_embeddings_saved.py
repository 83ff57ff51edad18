# It breaks: the folder leaves the base to the base: here the embeddings are in it, and restored.
import copy

import torch
from peft import PeftModel, get_peft_model


def adapt_and_save(base, path, train):
    model = get_peft_model(copy.deepcopy(base), make_config(base, 4, 8, "attention"))  # noqa: F821
    train(model)
    model.save_pretrained(path)
    torch.save(base.get_input_embeddings().state_dict(), path + "/words.pt")
    return model


def restore(base, path):
    model = PeftModel.from_pretrained(copy.deepcopy(base), path)
    model.get_input_embeddings().load_state_dict(torch.load(path + "/words.pt"))
    return model
