class WithNewHead(nn.Module):
    def __init__(self, body, head):
        super().__init__()
        self.body = body
        self.new = head

    def forward(self, x):
        return self.new(self.body(x))


def replace_head(model, n_classes):
    for name in ("fc", "head"):
        if hasattr(model, name):
            width = getattr(model, name).in_features
            setattr(model, name, nn.Identity())
            break
    else:
        width = model.classifier[-1].in_features
        model.classifier[-1] = nn.Identity()
    return WithNewHead(model, nn.Linear(width, n_classes))
