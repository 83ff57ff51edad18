class FrozenBackbone(nn.Module):
    def __init__(self, backbone, head):
        super().__init__()
        self.backbone = backbone
        self.head = head
        for module in backbone.modules():
            module.eval()
            module.train = lambda mode=True, module=module: module

    def forward(self, x):
        return self.head(self.backbone(x))
