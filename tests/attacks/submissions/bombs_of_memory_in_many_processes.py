# %% [markdown]
# Asks for memory in many processes, each of which stays below its own limit.
# %% question="freeze"
import os
import time


def freeze(module):
    for _ in range(8):
        if os.fork() == 0:
            hoard = [b"\1" * (16 << 20) for _ in range(18)]
            time.sleep(20)
            os._exit(len(hoard))
    time.sleep(20)
    return module
