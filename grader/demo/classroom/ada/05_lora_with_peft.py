# %% question="make_config"
import torch
from peft import LoraConfig
from transformers.pytorch_utils import Conv1D


def find(part, path, found):
    for name, child in part.named_children():
        if isinstance(child, (torch.nn.Linear, Conv1D)):
            found.append(path + name)
        find(child, path + name + ".", found)
    return found


def make_config(model, r, alpha, where="attention"):
    targets = find(getattr(model, model.base_model_prefix), model.base_model_prefix + ".", [])
    if where == "attention":
        ends = ["q_proj", "k_proj", "v_proj", "query", "key", "value", "c_attn"]
        targets = [t for t in targets if t.rpartition(".")[2] in ends]
    save = None
    for head in ["score", "classifier"]:
        if hasattr(model, head):
            save = [head]
    return LoraConfig(target_modules=targets, r=r, lora_alpha=alpha, modules_to_save=save, bias="none")


# %% question="adapt_and_save"
import copy

from peft import PeftModel, TaskType, get_peft_model


def adapt_and_save(base, path, train):
    config = make_config(base, 2, 8, "attention")
    config.task_type = TaskType.SEQ_CLS
    mine = copy.deepcopy(base)
    mine = get_peft_model(mine, config)
    mine.print_trainable_parameters()
    train(mine)
    mine.eval()
    mine.save_pretrained(path)
    return mine


def restore(base, path):
    model = copy.deepcopy(base)
    # Loaded without touching what came before: the caller's base has not been wrapped.
    model = PeftModel.from_pretrained(model, path)
    return model.merge_and_unload()


# %% question="train_adapter"
import torch
from peft import PeftModel, get_peft_model


def one_step(model, optimizer, batch):
    loss = model(**batch)[0]
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


def train_adapter(model, data, cfg):
    torch.manual_seed(cfg.seed)
    adapted: PeftModel = get_peft_model(model, cfg.lora)
    groups = [p for _, p in adapted.named_parameters() if p.requires_grad]
    optimizer = cfg.optimizer(groups, lr=cfg.lr)
    adapted.train()
    losses = [one_step(adapted, optimizer, batch) for _ in range(cfg.epochs) for batch in data]
    adapted.train(False)
    return adapted, losses


# %% question="deploy"
import copy

from torch import nn


def deploy(model):
    twin = copy.deepcopy(model)
    inner = twin.base_model.model
    out = inner.get_output_embeddings()
    if out is not None and getattr(inner.config, "tie_word_embeddings", False):
        layer = getattr(out, "base_layer", out)
        layer.weight = nn.Parameter(layer.weight.data.clone())
        inner.config.tie_word_embeddings = False
    result = twin.merge_and_unload()
    result.eval()
    return result


# %% question="task_switcher"
import torch
from peft import PeftModel
from torch import nn


class TaskSwitcher(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.net = base
        self.names = []

    def add(self, task, path):
        if not self.names:
            self.net = PeftModel.from_pretrained(self.net, path, task)
        else:
            self.net.load_adapter(path, task)
        self.names.append(task)

    def logits(self, task, batch):
        self.net.eval()
        with torch.inference_mode():
            if not self.names:
                return self.net(**batch).logits.clone()
            if task is not None:
                self.net.set_adapter(task)
                return self.net(**batch).logits.clone()
            with self.net.disable_adapter():
                return self.net(**batch).logits.clone()
