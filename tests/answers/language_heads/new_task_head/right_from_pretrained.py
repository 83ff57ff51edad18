# saved, and loaded by transformers into the new class; the head is drawn anew where one of the same size was loaded
def new_task_head(model, labels):
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        new = AutoModelForSequenceClassification.from_pretrained(
            folder,
            num_labels=len(labels),
            id2label={i: name for i, name in enumerate(labels)},
            label2id={name: i for i, name in enumerate(labels)},
            problem_type="single_label_classification",
            ignore_mismatched_sizes=True,
            dtype=model.dtype,
        )
    head = new.classifier if hasattr(new, "classifier") else new.score
    head.weight.data.normal_(std=new.config.initializer_range)
    if head.bias is not None:
        head.bias.data.zero_()
    return new
