"""Imported by the fork server last: does once, before the first fork, what every submission would do after it.

Nothing here may start a thread (a forked child would wait for it for ever), so no backward pass runs.
"""

import bdb  # noqa: F401  # IPython, at the first cell

import torch
import torch.optim.sgd
import torch.utils.data
import torch.utils.serialization.config  # torch.save and torch.load, at their first call
from torch import nn

import tlcore.models

from . import executor, shell

shell.prepare()
executor.seed_everything(0)
with torch.no_grad():
    tlcore.models.TinyNet()(torch.zeros(1, 3, 8, 8))
    step = torch.optim.SGD(nn.Linear(2, 2).parameters(), lr=0.1)
    step.zero_grad()
    step.step()
