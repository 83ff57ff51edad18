class FrozenBackbone(nn.Module):
    def __init__(self, backbone, head):
        super().__init__()
        self.body = backbone
        self.top = head
        self.train()

    def forward(self, x):
        return self.top(self.body(x))

    def train(self, mode=True):
        super().train(mode)
        self.body.train(False)
        return self
