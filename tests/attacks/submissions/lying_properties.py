# %% [markdown]
# Parameters that say they are frozen when asked, and learn all the same.
# %% question="freeze"
import torch


class Modest(torch.nn.Parameter):
    @property
    def requires_grad(self):
        return False

    @requires_grad.setter
    def requires_grad(self, value):
        pass


def freeze(module):
    for layer in module.modules():
        for name, value in list(layer._parameters.items()):
            if value is not None:
                layer._parameters[name] = Modest(value.detach().clone())
    module.__dict__["frozen"] = True
    return module
