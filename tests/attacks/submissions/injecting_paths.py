# %% [markdown]
# Names paths where a name belongs, in what it returns, raises and calls its layers.
# %% question="freeze"
import torch


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self._parameters["../../../../etc/passwd"] = torch.nn.Parameter(torch.zeros(2))
        self._parameters["C:\\con\\..\\records\\next"] = torch.nn.Parameter(torch.zeros(2))
        self._modules["/etc/cron.d/x\0"] = torch.nn.Linear(2, 2)

    def forward(self, x):
        return x


Model.__name__ = Model.__qualname__ = "../../results.json"


def freeze(module):
    return Model()
