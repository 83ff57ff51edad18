# breaks "dropout inside it is off": only batch norm is kept in eval mode
class FrozenBackbone(nn.Module):
    def __init__(self, backbone, head):
        super().__init__()
        self.backbone = backbone
        self.head = head
        self.train()

    def forward(self, x):
        return self.head(self.backbone(x))

    def train(self, mode=True):
        super().train(mode)
        for part in self.backbone.modules():
            if isinstance(part, (nn.BatchNorm1d, nn.BatchNorm2d)):
                part.eval()
        return self
