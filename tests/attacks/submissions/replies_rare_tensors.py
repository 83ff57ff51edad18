# %% [markdown]
# Replies with tensors of kinds that few handle: float8, float4, complex, bool, 0 elements, 60 dimensions.
# %% question="freeze"
import gc
import json
import socket
import struct

KINDS = [("F8_E4M3", 1), ("F8_E5M2", 1), ("F8_E8M0", 1), ("F4", 1), ("C64", 8), ("BOOL", 1), ("BF16", 2), ("U16", 2), ("U64", 8)]


def freeze(module):
    from remote import wire

    tags = {f"t{i}": kind for i, kind in enumerate(KINDS)}

    def rare(sock, header, tensors=None):
        described, offset = {}, 0
        for name, (kind, size) in tags.items():
            count = 2 if kind == "F4" else 1
            described[name] = {"dtype": kind, "shape": [1] * 60 + [count], "data_offsets": [offset, offset + size]}
            offset += size
        text = json.dumps(described).encode()
        blob = struct.pack("<Q", len(text)) + text + b"\x01" * offset
        pairs = [[{"text": name}, {"tensor": name}] for name in tags]
        body = json.dumps({"ok": {"dict": pairs}}).encode()
        sock.sendall(struct.pack("!IQ", len(body), len(blob)) + body + blob)

    wire.send = rare
    return module
