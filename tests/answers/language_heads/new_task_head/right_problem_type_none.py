# The config from a dict; no problem type, so that transformers takes it from the labels, which are whole numbers.
from transformers import AutoModelForSequenceClassification


def new_task_head(model, labels):
    entries = model.config.to_dict()
    for name in ("num_labels", "id2label", "label2id", "problem_type"):
        entries.pop(name, None)
    names = {"id2label": dict(enumerate(labels)), "label2id": dict(zip(labels, range(len(labels)), strict=True))}
    config = type(model.config).from_dict({**entries, **names})
    classifier = AutoModelForSequenceClassification.from_config(config).to(model.dtype).eval()
    own = dict(classifier.base_model.named_parameters())
    for name, parameter in model.base_model.named_parameters():
        if name in own:
            own[name].data.copy_(parameter.data)
    return classifier
