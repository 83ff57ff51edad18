# breaks "Its statistics never move": those of one kind of batch norm do
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
            if not isinstance(part, nn.BatchNorm1d):
                part.training = False
        return self
