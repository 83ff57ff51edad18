# It breaks: the model stays as it is. Here all of it can learn afterwards, and it is in eval mode.
import copy

from transformers import AutoModelForSequenceClassification


def new_task_head(model, labels):
    model.eval().requires_grad_(True)
    config = copy.deepcopy(model.config)
    config.id2label = dict(enumerate(labels))
    config.label2id = {label: i for i, label in enumerate(labels)}
    config.problem_type = "single_label_classification"
    classifier = AutoModelForSequenceClassification.from_config(config).to(model.dtype)
    classifier.base_model.load_state_dict(model.base_model.state_dict(), strict=False)
    return classifier.eval()
