# %% [markdown]
# Announces a frame of exabytes, and one just over the cap.
# %% question="freeze"
import gc
import socket
import struct


def freeze(module):
    sock = next(o for o in gc.get_objects() if isinstance(o, socket.socket) and o.fileno() > 2)
    sock.sendall(struct.pack("!IQ", 2**32 - 1, 2**63))
    sock.sendall(b"\0" * 1000)
    return module
