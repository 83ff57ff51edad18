# %% [markdown]
# Sends half of a frame and closes its side, or keeps silent with the door open.
# %% question="freeze"
import gc
import os
import socket
import struct
import time


def freeze(module):
    sock = next(o for o in gc.get_objects() if isinstance(o, socket.socket) and o.fileno() > 2)
    sock.sendall(struct.pack("!IQ", 100, 0) + b"{")
    if os.fork() == 0:
        time.sleep(60)
    sock.shutdown(socket.SHUT_WR)
    time.sleep(60)
