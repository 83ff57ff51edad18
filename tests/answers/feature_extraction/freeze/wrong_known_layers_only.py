# breaks "whatever it is called": only linear, convolutional and norm layers are frozen
def freeze(module):
    for part in module.modules():
        if isinstance(part, (nn.Linear, nn.Conv2d, nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm)):
            part.requires_grad_(False)
    return module
