class FixedNorm(nn.Module):
    """Batch norm as a fixed scale and shift, as torchvision's FrozenBatchNorm2d."""

    def __init__(self, norm):
        super().__init__()
        self.register_buffer("scale", norm.weight.detach() / torch.sqrt(norm.running_var + norm.eps))
        self.register_buffer("shift", norm.bias.detach() - norm.running_mean * self.scale)

    def forward(self, x):
        shape = (1, -1) + (1,) * (x.dim() - 2)
        return x * self.scale.view(shape) + self.shift.view(shape)


class FrozenBackbone(nn.Module):
    def __init__(self, backbone, head):
        super().__init__()
        for name, module in list(backbone.named_modules()):
            if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
                backbone.set_submodule(name, FixedNorm(module))
            elif isinstance(module, (nn.Dropout, nn.Dropout2d)):
                backbone.set_submodule(name, nn.Identity())
        self.backbone, self.head = backbone, head

    def forward(self, x):
        return self.head(self.backbone(x))
