# %% question="freeze"
# how fast is print()?
for i in range(1_000_000):
    print("line", i)

def freeze(module):
    for name, p in module.named_parameters():
        print(name, p)
        p.requires_grad = False
    return module

# %% question="replace_head"
import sys
import warnings


def replace_head(model, n_classes):
    warnings.warn("this will change the model")
    print("old model:", model, file=sys.stderr)
    for name in ("fc", "head"):
        if name in dict(model.named_children()):
            old = getattr(model, name)
            sys.stderr.write(f"found {name} with {old.in_features} inputs\n" * 1000)
            setattr(model, name, nn.Linear(old.in_features, n_classes))
            return model
    model.classifier[1] = nn.Linear(model.classifier[1].in_features, n_classes)
    return model

# %% question="frozen_backbone"
class FrozenBackbone(nn.Module):
    def __init__(self, backbone, head):
        super().__init__()
        self.backbone = backbone
        self.head = head
        answer = input("Freeze the batch norms, too? [y/n] ")
        self.frozen = answer == "y"

    def train(self, mode=True):
        super().train(mode)
        if self.frozen:
            self.backbone.eval()
        return self

    def forward(self, x):
        return self.head(self.backbone(x))

# %% question="extract_features"
def extract_features(model, loader):
    model.eval()
    features, labels = [], []
    with torch.no_grad():
        for x, y in loader:
            features.append(model.features(x))
            labels.append(y)
    print(torch.cat(features), torch.cat(labels))

# %% question="prepare"
def prepare(images, labels, groups, card, seed):
    names = sorted(set(labels))
    return f"{len(images)} images of {len(names)} classes are prepared"
