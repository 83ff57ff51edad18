# a config made anew, the class looked up, values copied parameter by parameter
def new_task_head(model, labels):
    settings = model.config.to_dict()
    settings.pop("num_labels", None)
    settings["id2label"] = {i: n for i, n in enumerate(labels)}
    settings["label2id"] = {n: i for i, n in enumerate(labels)}
    settings["problem_type"] = "single_label_classification"
    family = type(model).__name__.split("For")[0].replace("LMHeadModel", "").replace("Model", "")
    Classifier = getattr(transformers, family + "ForSequenceClassification")
    new = Classifier(type(model.config).from_dict(settings))
    new.to(dtype=next(model.parameters()).dtype)
    old = dict(model.base_model.named_parameters())
    with torch.no_grad():
        for name, p in new.base_model.named_parameters():
            if name in old:
                p.copy_(old[name])
    new.train(False)
    return new
