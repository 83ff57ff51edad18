# %% question="make_config"
def make_config(model, r, alpha, where):
    if where == "all":
        paths = [n for n, m in model.base_model.named_modules() if isinstance(m, (nn.Linear, Conv1D))]
        targets = [model.base_model_prefix + "." + n for n in paths]
    elif hasattr(model, "bert"):
        targets = ["query", "value"]
    else:
        targets = ["q_proj", "v_proj"]
    heads = [n for n in ("classifier", "score") if hasattr(model, n)]
    return LoraConfig(r=r, lora_alpha=alpha, target_modules=targets, modules_to_save=heads or None)


# %% question="adapt_and_save"
def adapt_and_save(base, path, train):
    names = ["query", "key", "value", "q_proj", "k_proj", "v_proj", "c_attn"]
    model = get_peft_model(copy.deepcopy(base), LoraConfig(r=4, lora_alpha=8, target_modules=names))
    # the head is new, so it has to learn
    for name, p in model.named_parameters():
        if "classifier" in name or "score" in name:
            p.requires_grad = True
    train(model)
    model.save_pretrained(path)
    return model


def restore(base, path):
    return PeftModel.from_pretrained(copy.deepcopy(base), path)


# %% question="train_adapter"
def train_adapter(model, data, cfg):
    optimizer = cfg.optimizer(model.parameters(), lr=cfg.lr)
    torch.manual_seed(cfg.seed)
    model = get_peft_model(model, cfg.lora)
    model.train()
    losses = []
    for epoch in range(cfg.epochs):
        for batch in data:
            optimizer.zero_grad()
            loss = model(**batch).loss
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    model.eval()
    return model, losses


# %% question="deploy"
def deploy(model):
    return copy.deepcopy(model).merge_and_unload().eval()


# %% question="task_switcher"
class TaskSwitcher:
    def __init__(self, base):
        self.base = base.eval()
        self.model = None

    def add(self, task, path):
        if self.model is None:
            self.model = PeftModel.from_pretrained(self.base, path, adapter_name=task)
        else:
            self.model.load_adapter(path, adapter_name=task)
        self.model.eval()

    def logits(self, task, batch):
        with torch.no_grad():
            if self.model is None:
                return self.base(**batch).logits
            if task is None:
                with self.model.disable_adapter():
                    return self.model(**batch).logits
            return self.model(**batch).logits
