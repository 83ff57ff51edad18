# A copy of the body takes the place of the new one
def new_task_head(model, labels):
    config = copy.deepcopy(model.config)
    config.num_labels = len(labels)
    config.id2label = dict(enumerate(labels))
    config.label2id = dict(zip(labels, range(len(labels))))
    config.problem_type = "single_label_classification"
    new = AutoModelForSequenceClassification.from_config(config).to(model.dtype)
    body = copy.deepcopy(model.base_model)
    if getattr(new.base_model, "pooler", None) is not None and getattr(body, "pooler", None) is None:
        body.pooler = new.base_model.pooler
    setattr(new, new.base_model_prefix, body)
    return new.requires_grad_(True).eval()
