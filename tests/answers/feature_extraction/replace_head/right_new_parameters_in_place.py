def replace_head(model, n_classes):
    layer = model.classifier[-1] if hasattr(model, "classifier") else getattr(model, "fc", None) or model.head
    fresh = nn.Linear(layer.in_features, n_classes)
    layer.weight, layer.bias = fresh.weight, fresh.bias
    layer.out_features = n_classes
    return model
