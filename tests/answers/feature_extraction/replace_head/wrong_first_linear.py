# breaks "the last one of the `nn.Sequential`": the first linear layer in it
def replace_head(model, n_classes):
    if hasattr(model, "classifier"):
        for index, part in enumerate(model.classifier):
            if isinstance(part, nn.Linear):
                model.classifier[index] = nn.Linear(part.in_features, n_classes)
                break
    elif hasattr(model, "fc"):
        model.fc = nn.Linear(model.fc.in_features, n_classes)
    else:
        model.head = nn.Linear(model.head.in_features, n_classes)
    return model
