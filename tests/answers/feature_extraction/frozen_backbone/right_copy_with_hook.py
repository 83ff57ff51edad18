import copy


class FrozenBackbone(nn.Module):
    def __init__(self, backbone, head):
        super().__init__()
        self.net = nn.Sequential(copy.deepcopy(backbone), head)
        self.register_forward_pre_hook(lambda module, inputs: module.net[0].eval() and None)

    def forward(self, x):
        return self.net(x)
