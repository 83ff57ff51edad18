# %% [markdown]
# Replies with a million tensors that hold nothing: the list of their names is all that there is to read.
# %% question="freeze"
import struct


def freeze(module):
    from remote import wire

    nothing = '"{:x}":{{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'
    text = ("{" + ",".join(map(nothing.format, range(1_000_000))) + "}").encode()
    blob = struct.pack("<Q", len(text)) + text
    body = b'{"ok": null}'
    wire.send = lambda sock, *said: sock.sendall(struct.pack("!IQ", len(body), len(blob)) + body + blob)
    return module
