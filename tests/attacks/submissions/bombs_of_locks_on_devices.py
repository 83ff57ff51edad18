# %% [markdown]
# Hangs locks by the hundred thousand on files of the machine: every close of one walks them all.
# %% question="freeze"
import fcntl
import os


def freeze(module):
    held = []
    for path in ("/dev/null", "/dev/full", os.__file__):
        for opened in range(60):
            file = open(path, "rb")
            fcntl.flock(file, fcntl.LOCK_SH)
            held.append(file)
        for start in range(0, 200_000, 2):
            fcntl.lockf(held[-1], fcntl.LOCK_SH, 1, start)
    locks = open("/proc/locks").read() if os.path.exists("/proc/locks") else ""
    raise RuntimeError(f"{len(locks)} letters of locks")
