# breaks "however deep inside `module` it lies": three levels and no deeper
def freeze(module, levels=3):
    for parameter in module.parameters(recurse=False):
        parameter.requires_grad_(False)
    for child in module.children():
        if levels:
            freeze(child, levels - 1)
    return module
