# breaks "parts of the module": the backbone is in a list
class FrozenBackbone(nn.Module):
    def __init__(self, backbone, head):
        super().__init__()
        self.parts = [backbone.eval()]
        self.head = head

    def forward(self, x):
        return self.head(self.parts[0](x))
