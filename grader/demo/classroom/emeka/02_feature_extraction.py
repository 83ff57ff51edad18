# %% question="freeze"
def freeze(module):
    # turn off the gradients
    module.requires_grad = False
    return module


# %% question="replace_head"
def replace_head(model, n_classes):
    # 1. find it
    if hasattr(model, 'fc'):
        # 2. new layer
        model.fc = nn.Linear(model.fc.in_features, n_classes)
    if hasattr(model, 'head'):
        model.head = nn.Linear(model.head.in_features, n_classes)
    if hasattr(model, 'classifier'):
        in_f = model.classifier[-1].in_features
        model.classifier = nn.Linear(in_f, n_classes)
    # 3.
    return model


# %% question="frozen_backbone"
class FrozenBackbone(nn.Module):
    def __init__(self, backbone, head):
        super(FrozenBackbone, self).__init__()
        self.backbone = backbone
        self.head = head

    def forward(self, x):
        self.backbone.eval()      # no more batch norm updates
        features = self.backbone(x)
        return self.head(features)


# %% question="extract_features"
def extract_features(model, loader):
    mode = model.training
    model.eval()
    all_f = torch.tensor([])
    all_y = torch.tensor([], dtype=torch.long)
    for i, (images, labels) in enumerate(loader):
        f = model.features(images)
        all_f = torch.cat((all_f, f), dim=0)
        all_y = torch.cat((all_y, labels), dim=0)
        print('batch', i, f.shape)
    if mode:
        model.train()
    return all_f, all_y


# %% question="prepare"
def prepare(images, labels, groups, card, seed):
    names = sorted(set(labels))
    y = torch.tensor([names.index(label) for label in labels])

    # normalise
    mean = torch.tensor(card.mean).view(1, -1, 1, 1)
    std = torch.tensor(card.std).view(1, -1, 1, 1)
    x = (images-mean)/std

    torch.manual_seed(seed)
    plants = torch.unique(groups)
    plants = plants[torch.randperm(len(plants))]
    n = int(0.2*len(plants))
    in_val = torch.isin(groups, plants[:n])
    in_test = torch.isin(groups, plants[n:2*n])
    in_train = ~(in_val | in_test)

    x_train = torch.cat((x[in_train], x[in_train].flip(-1)))
    y_train = torch.cat((y[in_train], y[in_train]))
    return Splits(Split(x_train, y_train), Split(x[in_val], y[in_val]), Split(x[in_test], y[in_test]), names)
