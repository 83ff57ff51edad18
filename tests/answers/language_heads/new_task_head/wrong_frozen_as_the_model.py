# All of it can learn, whatever was frozen in the model: here its flags are copied
def new_task_head(model, labels):
    config = copy.deepcopy(model.config)
    config.id2label = dict(enumerate(labels))
    config.label2id = {name: i for i, name in enumerate(labels)}
    config.problem_type = "single_label_classification"
    new = AutoModelForSequenceClassification.from_config(config).to(model.dtype)
    new.base_model.load_state_dict(model.base_model.state_dict(), strict=False)
    flags = {n: p.requires_grad for n, p in model.base_model.named_parameters()}
    for n, p in new.base_model.named_parameters():
        p.requires_grad_(flags.get(n, True))
    return new.eval()
