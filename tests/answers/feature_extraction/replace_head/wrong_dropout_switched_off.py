# breaks "everything else stays": no dropout in the model any more
def replace_head(model, n_classes):
    for part in model.modules():
        if isinstance(part, nn.Dropout):
            part.p = 0.0
    if hasattr(model, "classifier"):
        model.classifier[-1] = nn.Linear(model.classifier[-1].in_features, n_classes)
    elif hasattr(model, "fc"):
        model.fc = nn.Linear(model.fc.in_features, n_classes)
    else:
        model.head = nn.Linear(model.head.in_features, n_classes)
    return model
