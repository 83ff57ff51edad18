# %% question="freeze"
def freeze(module):
    '''Stop all parameters from learning.'''
    for _, parameter in module.named_parameters():
        parameter.requires_grad = False
    return module

# %% question="replace_head"
def replace_head(model, n_classes):
    '''New last layer.'''
    if hasattr(model, 'classifier'):
        number_of_features = model.classifier[1].in_features
        model.classifier[1] = nn.Linear(number_of_features, n_classes)
    elif hasattr(model, 'fc'):
        number_of_features = model.fc.in_features
        model.fc = nn.Linear(number_of_features, n_classes)
    elif hasattr(model, 'head'):
        number_of_features = model.head.in_features
        model.head = nn.Linear(number_of_features, n_classes)
    return model

# %% question="frozen_backbone"
class FrozenBackbone(nn.Module):
    '''The backbone is in eval mode, so its batch norms do not change.'''

    def __init__(self, backbone, head):
        super().__init__()
        self.backbone = backbone
        self.head = head
        self.backbone.eval()

    def forward(self, x):
        return self.head(self.backbone(x))

# %% question="extract_features"
def extract_features(model, loader):
    '''Features and labels.'''
    was_training = model.training
    model.eval()
    features_list, labels_list = [], []
    with torch.no_grad():
        for images, labels in loader:
            features_list.append(model.features(images))
            labels_list.append(labels)
    model.train(was_training)
    return torch.concatenate(features_list), torch.concatenate(labels_list)

# %% question="prepare"
def prepare(images, labels, groups, card, seed):
    '''Train, validation and test.'''
    names = sorted(set(labels))
    y = torch.tensor([names.index(label) for label in labels])

    # Standardise: mean 0 and standard deviation 1
    mean = images.mean(dim=(0, 2, 3), keepdim=True)
    std = images.std(dim=(0, 2, 3), keepdim=True)
    x = (images - mean) / std

    generator = torch.Generator().manual_seed(seed)
    plants = groups.unique()
    plants = plants[torch.randperm(len(plants), generator=generator)]
    fifth = len(plants) // 5
    is_val = torch.isin(groups, plants[:fifth])
    is_test = torch.isin(groups, plants[fifth : 2 * fifth])
    is_train = torch.isin(groups, plants[2 * fifth :])
    train = Split(torch.cat([x[is_train], x[is_train].flip(-1)]), torch.cat([y[is_train], y[is_train]]))
    return Splits(train, Split(x[is_val], y[is_val]), Split(x[is_test], y[is_test]), names)

# %% [markdown] question="explain"
# Freezing saves memory, and inference is faster.
