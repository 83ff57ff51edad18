# a copy of the body is put into the classifier; BERT's new pooler is kept if the body has none
def new_task_head(model, labels):
    config = copy.deepcopy(model.config)
    config.id2label = dict(enumerate(labels))
    config.label2id = dict(zip(labels, range(len(labels))))
    config.problem_type = "single_label_classification"
    new = AutoModelForSequenceClassification.from_config(config)
    body = copy.deepcopy(model.base_model)
    if hasattr(new.base_model, "pooler") and body.pooler is None:
        body.pooler = new.base_model.pooler
    body.config = new.config
    setattr(new, new.base_model_prefix, body)
    new = new.to(model.dtype).eval()
    for p in new.parameters():
        p.requires_grad_(True)
    return new
