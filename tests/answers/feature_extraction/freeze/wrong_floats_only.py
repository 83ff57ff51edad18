# breaks "no parameter of `module` learns any more": those of another precision go on
def freeze(module):
    for parameter in module.parameters():
        parameter.requires_grad_(parameter.dtype is not torch.float32)
    return module
