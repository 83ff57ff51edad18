import copy

import torch
import torch.nn as nn

KINDS = nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d


@torch.no_grad()
def adabn(model, loader):
    batches = [b for b in loader]
    if len(batches) == 0:
        raise ValueError
    target = copy.deepcopy(model)
    target.eval()

    def prepare(m):
        if isinstance(m, KINDS):
            m.reset_running_stats()
            m.kept, m.momentum = m.momentum, None
            m.training = True

    target.apply(prepare)
    for b in batches:
        print("adapting to", len(b), "pictures")
        _ = target(b)

    def finish(m):
        if isinstance(m, KINDS):
            m.momentum = m.kept
            del m.kept

    target.apply(finish)
    target.eval()
    return target
