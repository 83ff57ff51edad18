# breaks "What else was frozen stays frozen": everything can learn where anything could
def replace_head(model, n_classes):
    model.requires_grad_(any(p.requires_grad for p in model.parameters()))
    if hasattr(model, "classifier"):
        model.classifier[-1] = nn.Linear(model.classifier[-1].in_features, n_classes)
    elif hasattr(model, "fc"):
        model.fc = nn.Linear(model.fc.in_features, n_classes)
    else:
        model.head = nn.Linear(model.head.in_features, n_classes)
    return model
