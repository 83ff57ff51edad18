# It breaks: the base answers before any task was added: here there is no model yet.
import torch
from peft import PeftModel


class TaskSwitcher:
    def __init__(self, base):
        self.base, self.model = base.eval(), None

    def add(self, task, path):
        if self.model is None:
            self.model = PeftModel.from_pretrained(self.base, path, adapter_name=task)
        else:
            self.model.load_adapter(path, adapter_name=task)
        self.model.eval()

    def logits(self, task, batch):
        with torch.no_grad():
            if task is None:
                with self.model.disable_adapter():
                    return self.model(**batch).logits
            self.model.set_adapter(task)
            return self.model(**batch).logits
