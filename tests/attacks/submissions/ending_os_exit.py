# %% [markdown]
# Ends its process with a status that means success, in the middle of a test.
# %% question="freeze"
import os


def freeze(module):
    os._exit(0)
