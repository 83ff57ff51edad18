"""Rank 16 on all layers; PeftModel made directly, pathlib, keyword calls, eval at the end."""
from pathlib import Path
from peft import PeftModelForSequenceClassification
def adapt_and_save(base, path, train):
    config = make_config(base, 16, 32, "all")
    model = PeftModelForSequenceClassification(copy.deepcopy(base), config)
    train(model)
    Path(path).mkdir(parents=True, exist_ok=True)
    model.save_pretrained(save_directory=str(path))
    return model.eval()
def restore(base, path):
    model = PeftModelForSequenceClassification.from_pretrained(model=copy.deepcopy(base), model_id=str(path), is_trainable=False)
    return model.eval()
