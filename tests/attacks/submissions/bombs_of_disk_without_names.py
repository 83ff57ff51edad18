# %% [markdown]
# Fills the disk by files that have no name: opened and removed, or never named, so that nobody who looks finds them.
# %% question="freeze"
import os
import time


def freeze(module):
    kept = []
    for i in range(100):
        try:
            handle = os.open(".", os.O_TMPFILE | os.O_RDWR)
        except OSError:
            handle = os.open(f"nameless-{i}", os.O_CREAT | os.O_RDWR)
            os.unlink(f"nameless-{i}")
        kept.append(handle)
        for _ in range(4):
            try:
                os.write(handle, b"\1" * (3 << 20))
            except OSError:
                break
        time.sleep(0.01)
    raise RuntimeError(f"{sum(os.fstat(h).st_blocks * 512 for h in kept) >> 20} MiB without a name")
