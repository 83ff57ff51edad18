# model stays as it is: here its flags, mode and weights become those of the classifier
def new_task_head(model, labels):
    config = copy.deepcopy(model.config)
    config.id2label = dict(enumerate(labels))
    config.label2id = {name: i for i, name in enumerate(labels)}
    config.problem_type = "single_label_classification"
    new = AutoModelForSequenceClassification.from_config(config).to(model.dtype)
    new.base_model.load_state_dict(model.base_model.state_dict(), strict=False)
    for p in model.parameters():
        p.data.add_(0.01)
    return new.eval()
