# %% [markdown]
# Fills memory that two processes could share, large pages too, and unmaps all but a page of it: the rest stays.
# %% question="freeze"
import ctypes
import os

PIECE = 64 << 20
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p


def mapped(flags, length, file=-1):
    place = libc.mmap(None, ctypes.c_size_t(length), 3, flags, file, ctypes.c_long(0))
    return None if place == ctypes.c_void_p(-1).value else place


def freeze(module):
    files = []
    for name in ("/dev/zero",):
        try:
            files.append(os.open(name, os.O_RDWR))
        except OSError:
            pass
    for _ in range(40):
        for flags, file in [(0x21, -1), (0x23, -1), (0x40021, -1), (0x40022, -1), *((0x01, file) for file in files)]:
            place = mapped(flags, PIECE, file)
            if place:
                ctypes.memset(place, 1, PIECE)
                libc.munmap(ctypes.c_void_p(place + 4096), ctypes.c_size_t(PIECE - 4096))
        place = mapped(0x22, PIECE + (2 << 20))
        if place:
            start = (place + (2 << 20) - 1) // (2 << 20) * (2 << 20)
            libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(PIECE), 14)
            for page in range(start, start + PIECE, 2 << 20):
                ctypes.memset(page, 1, 1)
                libc.munmap(ctypes.c_void_p(page + 4096), ctypes.c_size_t((2 << 20) - 4096))
    raise RuntimeError("all given up but for a page each")
