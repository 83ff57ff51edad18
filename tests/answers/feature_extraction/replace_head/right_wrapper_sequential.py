def replace_head(model, n_classes):
    if hasattr(model, "classifier"):
        *rest, old = model.classifier
    else:
        rest, old = [model.dropout], model.fc if hasattr(model, "fc") else model.head
    return nn.Sequential(model.backbone, *rest, nn.Linear(old.weight.shape[1], n_classes))
