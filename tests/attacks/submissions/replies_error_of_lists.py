# %% [markdown]
# Replies to the very first request with an error whose name is a list in a list in a list.
# %% question="freeze"
import gc
import json
import socket
import struct

sock = next(o for o in gc.get_objects() if isinstance(o, socket.socket) and o.fileno() > 2)
depth = 940
text = b'{"error": {"type": ' + b"[" * depth + b"]" * depth + b', "message": {"a": 1}, "line": 7}}'
sock.sendall(struct.pack("!IQ", len(text), 0) + text)


def freeze(module):
    return module
