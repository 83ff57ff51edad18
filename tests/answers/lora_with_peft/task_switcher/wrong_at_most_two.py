# It breaks: any number of tasks: here the third replaces the first.
import torch
from peft import PeftModel


class TaskSwitcher:
    def __init__(self, base):
        self.base, self.model = base.eval(), None

    def add(self, task, path):
        if self.model is None:
            self.model, self.names = PeftModel.from_pretrained(self.base, path, adapter_name=task), [task]
            return
        if len(self.names) == 2:
            self.model.delete_adapter(self.names.pop(0))
        self.model.load_adapter(path, adapter_name=task)
        self.names.append(task)
        self.model.eval()

    def logits(self, task, batch):
        with torch.no_grad():
            if self.model is None:
                return self.base(**batch).logits
            if task is None:
                with self.model.disable_adapter():
                    return self.model(**batch).logits
            self.model.set_adapter(task)
            return self.model(**batch).logits
