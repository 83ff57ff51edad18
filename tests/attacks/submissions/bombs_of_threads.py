# %% [markdown]
# Starts threads as fast as it can.
# %% question="freeze"
import threading
import time


def freeze(module):
    for i in range(2000):
        try:
            threading.Thread(target=time.sleep, args=(20,), name=f"tl_attack_mark-{i}", daemon=True).start()
        except RuntimeError:
            break
    return module
