# %% question="encode_batch"
import re

import torch
from torch.nn.utils.rnn import pad_sequence


def to_ids(text, vocab, room):
    words = re.findall(r"\w+|[^\w\s]+", text.lower())
    return torch.tensor([vocab.get(w, vocab["[UNK]"]) for w in ("[CLS]", *words[:room], "[SEP]")])


def encode_batch(texts, vocab, max_len, side="right"):
    rows = [to_ids(t, vocab, max_len - 2) for t in texts]
    ids = pad_sequence(rows, True, vocab["[PAD]"], padding_side=side)
    ones = [torch.ones(len(r), dtype=torch.long) for r in rows]
    return {"input_ids": ids, "attention_mask": pad_sequence(ones, True, 0, padding_side=side)}


# %% question="sentence_features"
def sentence_features(model, batch, how="mean"):
    body = copy.deepcopy(model.base_model).eval()
    out = []
    for ids, seen in zip(batch["input_ids"], batch["attention_mask"]):
        with torch.no_grad():
            states = body(input_ids=ids[seen.bool()].unsqueeze(0)).last_hidden_state.squeeze(0)
        out.append(states[-1] if how == "last" else states.mean(dim=0))
    return torch.stack(out)


# %% question="new_task_head"
def new_task_head(model, labels):
    config = copy.deepcopy(model.config)
    config.id2label = {i: str(n) for i, n in enumerate(labels)}
    config.label2id = {n: i for i, n in config.id2label.items()}
    config.problem_type = "single_label_classification"
    clf = AutoModelForSequenceClassification.from_config(config)
    clf = clf.to(model.dtype)
    weights = dict(model.base_model.named_parameters())
    for name, p in clf.base_model.named_parameters():
        if name in weights:
            p.data.copy_(weights[name].data)
    return clf.eval()


# %% question="make_regimes"
def make_regimes(base, labels):
    template = new_task_head(base, labels)
    noise = AutoModelForSequenceClassification.from_config(template.config).to(template.dtype)
    for name in ("classifier", "score"):
        if hasattr(template, name):
            getattr(noise, name).load_state_dict(getattr(template, name).state_dict())
    r = {n: copy.deepcopy(template) for n in ("features", "partial", "lora", "full")}
    r |= {n: copy.deepcopy(noise) for n in ("scratch", "random")}
    last = template.config.num_hidden_layers - 1
    top = (f"layer.{last}.", f"h.{last}.", f"layers.{last}.", "pooler.", "ln_f.", "norm.")
    for n in ("features", "partial", "random"):
        for path, p in r[n].base_model.named_parameters():
            p.requires_grad = n == "partial" and path.removeprefix("encoder.").startswith(top)
    r["lora"] = get_peft_model(r["lora"], make_config(r["lora"], 4, 8, "attention"))
    return {n: m.eval() for n, m in r.items()}
