def freeze(module):
    for child in module.children():
        freeze(child)
    for name, parameter in module.named_parameters(recurse=False):
        parameter.requires_grad = False
    return module
