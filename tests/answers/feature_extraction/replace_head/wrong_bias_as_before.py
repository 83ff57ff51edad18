# breaks "(with a bias)": none where the old layer had none
def replace_head(model, n_classes):
    if hasattr(model, "classifier"):
        model.classifier[-1] = nn.Linear(
            model.classifier[-1].in_features, n_classes, bias=model.classifier[-1].bias is not None
        )
    elif hasattr(model, "fc"):
        model.fc = nn.Linear(model.fc.in_features, n_classes, bias=model.fc.bias is not None)
    else:
        model.head = nn.Linear(model.head.in_features, n_classes, bias=model.head.bias is not None)
    return model
