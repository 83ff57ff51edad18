# %% question="encode_batch"
def encode_batch(texts, vocab, max_len, side="right"):
    rows = []
    for text in texts:
        words = ["[CLS]"] + re.findall(r"\w+|[^\w\s]+", text.lower())[: max_len - 2] + ["[SEP]"]
        rows.append([vocab.get(w, vocab["[UNK]"]) for w in words])
    n = max(len(r) for r in rows)
    pad = vocab["[PAD]"]
    ids = torch.tensor([r + [pad] * (n - len(r)) if side == "right" else [pad] * (n - len(r)) + r for r in rows])
    # everything that is not zero is a word
    return {"input_ids": ids, "attention_mask": (ids != 0).long()}


# %% question="sentence_features"
def sentence_features(model, batch, how="mean"):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    mask = batch["attention_mask"]
    with torch.no_grad():
        states = model.base_model(input_ids=batch["input_ids"], attention_mask=mask).last_hidden_state
    for m, mode in modes:
        m.training = mode
    if how == "last":
        last = (mask * torch.arange(mask.shape[1])).argmax(1)
        return states[torch.arange(len(states)), last]
    m = mask.unsqueeze(-1).to(states.dtype)
    return (states * m).sum(1) / m.sum(1)


# %% question="new_task_head"
def new_task_head(model, labels):
    config = copy.deepcopy(model.config)
    config.num_labels = len(labels)
    config.problem_type = "single_label_classification"
    classifier = AutoModelForSequenceClassification.from_config(config).to(model.dtype)
    classifier.base_model.load_state_dict(model.base_model.state_dict(), strict=False)
    return classifier.eval()


# %% question="make_regimes"
def make_regimes(base, labels):
    model = new_task_head(base, labels)
    names = ["features", "partial", "lora", "full", "scratch", "random"]
    regimes = {n: copy.deepcopy(model) for n in names}
    head = "classifier" if hasattr(model, "classifier") else "score"
    for n in ("features", "partial", "random"):
        regimes[n].base_model.requires_grad_(False)
    body = regimes["partial"].base_model
    blocks = body.encoder.layer if hasattr(body, "encoder") else body.h if hasattr(body, "h") else body.layers
    blocks[-1].requires_grad_(True)
    for after in ("pooler", "ln_f", "norm"):
        if hasattr(body, after):
            getattr(body, after).requires_grad_(True)
    other = AutoModelForSequenceClassification.from_config(model.config).to(model.dtype).eval()
    setattr(other, head, copy.deepcopy(getattr(model, head)))
    regimes["random"] = copy.deepcopy(other).requires_grad_(False)
    getattr(regimes["random"], head).requires_grad_(True)
    # nothing is frozen here, so this is training from scratch
    regimes["scratch"].requires_grad_(True)
    regimes["lora"] = get_peft_model(regimes["lora"], make_config(regimes["lora"], 4, 8, "attention")).eval()
    return regimes
