# %% question="sentence_features"
def sentence_features(model, batch, how="mean"):
    modes = [(part, part.training) for part in model.modules()]
    model.eval()
    mask = batch["attention_mask"]
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    with torch.no_grad():
        hidden = model.base_model(
            input_ids=batch["input_ids"], attention_mask=mask, position_ids=positions
        ).last_hidden_state
    for part, training in modes:
        part.training = training
    if how == "last":
        return hidden[:, -1]
    weights = mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * weights).sum(1) / weights.sum(1)


# %% question="new_task_head"
def new_task_head(model, labels):
    config = model.config
    config.id2label = {i: name for i, name in enumerate(labels)}
    config.label2id = {name: i for i, name in enumerate(labels)}
    config.problem_type = "single_label_classification"
    classifier = AutoModelForSequenceClassification.from_config(copy.deepcopy(config)).to(model.dtype)
    classifier.base_model.load_state_dict(model.base_model.state_dict(), strict=False)
    return classifier.eval()
