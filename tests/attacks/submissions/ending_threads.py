# %% [markdown]
# Starts threads that patch torch and write into the grader's socket while the tests are running.
# %% question="freeze"
import gc
import socket
import threading
import time

import torch


def meddle():
    time.sleep(0.05)
    torch.equal = torch.allclose = lambda *args, **kwargs: True
    for each in [o for o in gc.get_objects() if isinstance(o, socket.socket) and o.fileno() > 2]:
        for _ in range(100):
            try:
                each.sendall(b"\0" * 12)
            except OSError:
                return
            time.sleep(0.01)


for i in range(4):
    threading.Thread(target=meddle, name=f"tl_attack_mark-{i}", daemon=i % 2 == 0).start()


def freeze(module):
    threading.Timer(0.1, meddle).start()
    return module
