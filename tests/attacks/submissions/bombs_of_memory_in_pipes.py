# %% [markdown]
# Hands small pieces of large pages to pipes and gives the pages up: they stay, and nobody's memory has them.
# %% question="freeze"
import ctypes
import os

LARGE = 2 << 20


class Piece(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def freeze(module):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    held = 0
    for _ in range(100):
        _, end = os.pipe()
        for _ in range(15):
            place = libc.mmap(None, ctypes.c_size_t(2 * LARGE), 3, 0x22, -1, ctypes.c_long(0))
            start = (place + LARGE - 1) // LARGE * LARGE
            libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(LARGE), 14)
            ctypes.memset(start, 1, 1)
            piece = Piece(start, 4096)
            held += libc.vmsplice(end, ctypes.byref(piece), ctypes.c_size_t(1), 2) > 0
            libc.munmap(ctypes.c_void_p(place), ctypes.c_size_t(2 * LARGE))
    raise RuntimeError(f"{held} pages of 2 MiB")
