# %% [markdown]
# Fills shared mappings and /dev/shm, which no limit of a process counts.
# %% question="freeze"
import mmap
import os


def freeze(module):
    kept = []
    for i in range(100):
        try:
            kept.append(mmap.mmap(-1, 16 << 20))
            kept[-1].write(b"\1" * (16 << 20))
            with open(f"/dev/shm/tl_attack_mark_{i}", "wb") as file:
                file.write(b"\1" * (4 << 20))
        except (OSError, MemoryError, ValueError):
            continue
    return module
