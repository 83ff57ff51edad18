# breaks "for every layer of it": only its children follow
class FrozenBackbone(nn.Module):
    def __init__(self, backbone, head):
        super().__init__()
        self.backbone = backbone
        self.head = head
        self.backbone.eval()

    def forward(self, x):
        return self.head(self.backbone(x))

    def train(self, mode=True):
        self.training = mode
        for part in self.head.children():
            part.training = mode
            for deeper in part.children():
                deeper.eval()
        return self
