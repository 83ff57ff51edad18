# saved without its head and loaded by transformers into the new class
def new_task_head(model, labels):
    config = copy.deepcopy(model.config)
    config.num_labels = len(labels)
    config.id2label = {i: name for i, name in enumerate(labels)}
    config.label2id = {name: i for i, name in config.id2label.items()}
    config.problem_type = "single_label_classification"
    state = {k: v.detach().clone() for k, v in model.state_dict().items() if k.startswith(model.base_model_prefix)}
    return AutoModelForSequenceClassification.from_pretrained(
        None, config=config, state_dict=state, dtype=model.dtype
    ).eval()
