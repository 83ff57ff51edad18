# breaks "`model.train()` makes its dropout active": only with an argument
class FrozenBackbone(nn.Module):
    def __init__(self, backbone, head):
        super().__init__()
        self.backbone = backbone
        self.head = head
        self.backbone.eval()

    def forward(self, x):
        return self.head(self.backbone(x))

    def train(self, mode=False):
        super().train(mode)
        self.backbone.eval()
        return self
