# %% [markdown]
# Stops itself, so that it neither runs nor ends.
# %% question="freeze"
import os
import signal


def freeze(module):
    os.kill(os.getpid(), signal.SIGSTOP)
    return module
