# %% [markdown]
# Sends frames that no parser should take: NaN lengths, nonsense, broken UTF-8, safetensors with lies in the header.
# %% question="freeze"
import gc
import json
import socket
import struct

LIES = [
    b"\xff\xfe\x00{" * 3,
    b'{"ok": 1e999}',
    b'{"ok": {"tensor": "t0"}}',
    b"[" * 5000,
    b'{"ok":' * 900 + b"1" + b"}" * 900,
    b"9" * 4400,
]
HEADERS = [
    {"t0": {"dtype": "F32", "shape": [2**62], "data_offsets": [0, 4]}},
    {"t0": {"dtype": "F64", "shape": [-1], "data_offsets": [0, 8]}},
    {"t0": {"dtype": "PICKLE", "shape": [1], "data_offsets": [0, 4]}},
    {"t0": {"dtype": "F32", "shape": [1], "data_offsets": [2**60, 2**60 + 4]}},
]


def freeze(module):
    sock = next(o for o in gc.get_objects() if isinstance(o, socket.socket) and o.fileno() > 2)
    for lie in LIES:
        sock.sendall(struct.pack("!IQ", len(lie), 0) + lie)
    for header in HEADERS:
        text = json.dumps(header).encode()
        blob = struct.pack("<Q", len(text)) + text + b"\0" * 8
        body = b'{"ok": {"tensor": "t0"}}'
        sock.sendall(struct.pack("!IQ", len(body), len(blob)) + body + blob)
    return module
