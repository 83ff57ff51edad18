# Asked in inference mode, and eval mode is set at every question
class TaskSwitcher:
    def __init__(self, base):
        self.base, self.peft = base, None

    def add(self, task, path):
        if self.peft is not None:
            self.peft.load_adapter(str(path), adapter_name=str(task))
            return
        self.peft = PeftModel.from_pretrained(self.base, str(path), adapter_name=str(task))

    def _asked(self):
        model = self.base if self.peft is None else self.peft
        return model.train(False)

    def logits(self, task, batch):
        model = self._asked()
        with torch.inference_mode():
            if self.peft is not None and task is None:
                with model.disable_adapter():
                    return model(**batch).logits.clone()
            if task is not None:
                model.set_adapter(task, inference_mode=True)
            return model(**batch).logits.clone()
