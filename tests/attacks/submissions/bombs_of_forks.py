# %% [markdown]
# Forks as fast as it can.
# %% question="freeze"
import os
import time


def freeze(module):
    end = time.monotonic() + 2
    while time.monotonic() < end:
        try:
            os.fork()
        except OSError:
            time.sleep(0.01)
    return module
