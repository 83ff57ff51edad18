# breaks "it answers `head(backbone(x))`": the backbone is that of the last model built
class FrozenBackbone(nn.Module):
    def __init__(self, backbone, head):
        super().__init__()
        FrozenBackbone.last = (backbone.eval(),)
        self.backbone = backbone
        self.head = head

    def forward(self, x):
        return self.head(self.last[0](x))

    def train(self, mode=True):
        super().train(mode)
        self.backbone.eval()
        return self
