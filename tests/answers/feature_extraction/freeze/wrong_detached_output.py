# breaks "also what lies before it": the output is cut off
def freeze(module):
    for parameter in module.parameters():
        parameter.requires_grad_(False)
    module.register_forward_hook(lambda part, inputs, output: output.detach())
    return module
