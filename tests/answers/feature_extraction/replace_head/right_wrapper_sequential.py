def replace_head(model, n_classes):
    if hasattr(model, "classifier"):
        dropout, old = model.classifier
    else:
        dropout, old = model.dropout, model.fc if hasattr(model, "fc") else model.head
    return nn.Sequential(model.backbone, dropout, nn.Linear(old.weight.shape[1], n_classes))
