def freeze(module):
    for part in module.modules():
        for parameter in part._parameters.values():
            if parameter is not None:
                parameter.requires_grad_(requires_grad=False)
    return module
