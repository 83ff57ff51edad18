# The layers of the adapters are switched off and on by hand
class TaskSwitcher:
    def __init__(self, base):
        self.model = base

    def add(self, task, path):
        if isinstance(self.model, PeftModel):
            self.model.load_adapter(path, adapter_name=task)
        else:
            self.model = PeftModel.from_pretrained(self.model, path, adapter_name=task)

    @torch.no_grad()
    def logits(self, task, batch):
        self.model.eval()
        if isinstance(self.model, PeftModel):
            if task is None:
                self.model.base_model.disable_adapter_layers()
            else:
                self.model.base_model.enable_adapter_layers()
                self.model.set_adapter(task)
        out = self.model(**batch).logits
        if isinstance(self.model, PeftModel):
            self.model.base_model.enable_adapter_layers()
        return out
