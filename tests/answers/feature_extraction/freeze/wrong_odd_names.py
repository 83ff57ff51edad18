# breaks "whatever it is called": only parameters with "weight" or "bias" in their name
def freeze(module):
    for name, parameter in module.named_parameters():
        if "weight" in name or "bias" in name:
            parameter.requires_grad_(False)
    return module
