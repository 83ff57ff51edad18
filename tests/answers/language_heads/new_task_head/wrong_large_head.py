# The head is drawn as transformers draws it: here its numbers are large
def new_task_head(model, labels):
    config = copy.deepcopy(model.config)
    config.id2label = dict(enumerate(labels))
    config.label2id = {name: i for i, name in enumerate(labels)}
    config.problem_type = "single_label_classification"
    new = AutoModelForSequenceClassification.from_config(config).to(model.dtype)
    new.base_model.load_state_dict(model.base_model.state_dict(), strict=False)
    nn.init.normal_(getattr(new, "classifier" if hasattr(new, "classifier") else "score").weight)
    return new.eval()
