# breaks "what was trainable stays trainable": the backbone is frozen
def replace_head(model, n_classes):
    model.backbone.requires_grad_(False)
    if hasattr(model, "classifier"):
        model.classifier[-1] = nn.Linear(model.classifier[-1].in_features, n_classes)
    elif hasattr(model, "fc"):
        model.fc = nn.Linear(model.fc.in_features, n_classes)
    else:
        model.head = nn.Linear(model.head.in_features, n_classes)
    return model
