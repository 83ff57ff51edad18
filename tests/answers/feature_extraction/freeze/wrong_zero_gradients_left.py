# breaks "not even AdamW's weight decay may move it": a gradient of zeros is left for the first step
def freeze(module):
    for parameter in module.parameters():
        parameter.requires_grad = False
        parameter.grad = torch.zeros_like(parameter)
    return module
