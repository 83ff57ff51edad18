# The body has the weights of the model: here the last block is random
def new_task_head(model, labels):
    config = copy.deepcopy(model.config)
    config.id2label = dict(enumerate(labels))
    config.label2id = {name: i for i, name in enumerate(labels)}
    config.problem_type = "single_label_classification"
    new = AutoModelForSequenceClassification.from_config(config).to(model.dtype)
    new.base_model.load_state_dict({k: v for k, v in model.base_model.state_dict().items() if f".{model.config.num_hidden_layers - 1}." not in k}, strict=False)
    return new.eval()
