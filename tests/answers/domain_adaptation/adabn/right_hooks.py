import copy

import torch
from torch import nn


def adabn(model, loader):
    new = copy.deepcopy(model)
    norms = [m for m in new.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    sums = {norm: [0.0, 0.0, 0] for norm in norms}

    def look(norm, inputs):
        x = inputs[0].detach()
        dims = [d for d in range(x.dim()) if d != 1]
        found = sums[norm]
        found[0] = found[0] + x.mean(dims)
        found[1] = found[1] + x.var(dims, unbiased=True)
        found[2] += 1

    hooks = [norm.register_forward_pre_hook(look) for norm in norms]
    new.eval()
    for norm in norms:
        norm.train()
    n = 0
    with torch.inference_mode(False), torch.no_grad():
        for batch in loader:
            new(batch)
            n += 1
    for hook in hooks:
        hook.remove()
    if n == 0:
        raise RuntimeError("empty loader")
    with torch.no_grad():
        for norm, (mean, var, times) in sums.items():
            norm.running_mean.copy_(mean / times)
            norm.running_var.copy_(var / times)
    return new.eval()
