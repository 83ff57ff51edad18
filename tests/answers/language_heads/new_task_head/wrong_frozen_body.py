# All of it can learn: here only the head
def new_task_head(model, labels):
    config = copy.deepcopy(model.config)
    config.id2label = dict(enumerate(labels))
    config.label2id = {name: i for i, name in enumerate(labels)}
    config.problem_type = "single_label_classification"
    new = AutoModelForSequenceClassification.from_config(config).to(model.dtype)
    new.base_model.load_state_dict(model.base_model.state_dict(), strict=False)
    new.base_model.requires_grad_(False)
    return new.eval()
