# %% [markdown]
# Shadows `parameters()`, `named_parameters()` and `state_dict()` with what they gave before training.
# %% question="freeze"
import torch


def freeze(module):
    before = {name: value.detach().clone() for name, value in module.named_parameters()}
    module.parameters = lambda recurse=True: iter(torch.nn.Parameter(v, requires_grad=False) for v in before.values())
    module.named_parameters = lambda *args, **kwargs: iter(before.items())
    module.state_dict = lambda *args, **kwargs: dict(before)
    module.requires_grad_ = lambda flag=True: module
    return module
