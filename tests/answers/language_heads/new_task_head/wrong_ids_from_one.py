# labels[i] has the id i: here ids begin with 1
def new_task_head(model, labels):
    config = copy.deepcopy(model.config)
    config.id2label = dict(enumerate(labels, 1))
    config.label2id = {name: i for i, name in enumerate(labels, 1)}
    config.problem_type = "single_label_classification"
    new = AutoModelForSequenceClassification.from_config(config).to(model.dtype)
    new.base_model.load_state_dict(model.base_model.state_dict(), strict=False)
    return new.eval()
