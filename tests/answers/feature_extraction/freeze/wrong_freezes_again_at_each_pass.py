# breaks "can be copied, saved and unfrozen": a hook freezes again before each forward pass
def freeze(module):
    def again(part, inputs):
        for parameter in parameters:
            parameter.requires_grad_(False)

    parameters = list(module.parameters())
    again(module, ())
    module.register_forward_pre_hook(again)
    return module
