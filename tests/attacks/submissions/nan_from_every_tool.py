# %% [markdown]
# Makes every answer of the worker NaN or infinity.
# %% question="freeze"
import torch


def freeze(module):
    from remote import tools

    for name, answer in (("tensors", "nan"), ("parameters", "inf"), ("buffers", "nan"), ("outputs", "-inf")):
        before = tools.TOOLS[name]

        def fill(*args, before=before, answer=answer, **kwargs):
            found = before(*args, **kwargs)
            several = found.values() if isinstance(found, dict) else found if isinstance(found, list) else [found]
            for value in several:
                if value.is_floating_point():
                    value.fill_(float(answer))
            return found

        tools.TOOLS[name] = fill
    return module
