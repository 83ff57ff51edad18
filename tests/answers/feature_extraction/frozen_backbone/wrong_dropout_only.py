# breaks "its batch norm use the batch": only dropout follows
class FrozenBackbone(nn.Module):
    def __init__(self, backbone, head):
        super().__init__()
        self.backbone = backbone
        self.head = head
        self.backbone.eval()
        self.train()

    def forward(self, x):
        return self.head(self.backbone(x))

    def train(self, mode=True):
        super().train(mode)
        self.backbone.eval()
        for part in self.head.modules():
            if not isinstance(part, nn.Dropout):
                part.training = False
        return self
