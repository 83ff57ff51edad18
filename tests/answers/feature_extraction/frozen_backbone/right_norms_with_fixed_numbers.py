class FixedNorm(nn.Module):
    """Batch norm as a fixed scale and shift, as torchvision's FrozenBatchNorm2d."""

    def __init__(self, norm):
        super().__init__()
        scale = norm.weight.detach() / torch.sqrt(norm.running_var + norm.eps)
        self.register_buffer("scale", scale.view(1, -1, 1, 1))
        self.register_buffer("shift", (norm.bias.detach() - norm.running_mean * scale).view(1, -1, 1, 1))

    def forward(self, x):
        return x * self.scale + self.shift


class FrozenBackbone(nn.Module):
    def __init__(self, backbone, head):
        super().__init__()
        for name, module in list(backbone.named_modules()):
            if isinstance(module, nn.BatchNorm2d):
                backbone.set_submodule(name, FixedNorm(module))
        self.backbone, self.head = backbone, head

    def forward(self, x):
        return self.head(self.backbone(x))
