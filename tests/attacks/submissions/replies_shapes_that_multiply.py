# %% [markdown]
# Replies with shapes that are small by themselves and, subtracted from each other, need gigabytes.
# %% question="freeze"
import torch


def freeze(module):
    from remote import tools

    calls = []

    def tall_then_wide(model):
        calls.append(1)
        names = [name for name, _ in [*model.named_parameters(), *model.named_buffers()]]
        shape = (20_000, 1) if len(calls) % 2 else (1, 20_000)
        return {name: torch.zeros(shape) for name in names}

    tools.TOOLS["tensors"] = tall_then_wide
    return module
