# %% [markdown]
# Replies with ten thousand layers, whose names are tuples, markup and paths: the picture is drawn from them.
# %% question="freeze"
import torch


def freeze(module):
    from remote import tools

    read = tools.TOOLS["tensors"]

    def many(model):
        found = read(model)
        names = ["<script>alert(1)</script>", "../../../etc/passwd", "\x1b]0;title\x07", "$\\frac{", ("a", 1), None]
        found.update({name: torch.ones(1) for name in names})
        found.update({f"layer {i}": torch.ones(1) for i in range(1000)})
        return found

    tools.TOOLS["tensors"] = many
    return module
