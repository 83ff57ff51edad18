# Each batch through functional_call, with buffers of its own that a momentum of 1 fills; their mean at the end.
import copy

import torch
from torch import nn


def adabn(model, loader):
    out = copy.deepcopy(model).eval()
    kinds = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
    norms = {name: part for name, part in out.named_modules() if isinstance(part, kinds)}
    keys = [".".join([*([name] if name else []), what]) for name in norms for what in ("running_mean", "running_var")]
    momenta = {name: part.momentum for name, part in norms.items()}
    for part in norms.values():
        part.momentum = 1.0
        part.train()
    sums, count = {key: 0.0 for key in keys}, 0
    for pictures in loader:
        found = {key: torch.zeros_like(out.get_buffer(key)) for key in keys}
        with torch.no_grad():
            torch.func.functional_call(out, found, (pictures,))
        sums = {key: sums[key] + found[key] for key in keys}
        count += 1
    assert count, "no batch"
    for key in keys:
        out.get_buffer(key).copy_(sums[key] / count)
    for name, part in norms.items():
        part.momentum = momenta[name]
    return out.eval()
