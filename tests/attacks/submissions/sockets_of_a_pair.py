# %% [markdown]
# Takes the datagram half of a socket pair, which needs no socket(), and sends from it to other processes' sockets.
# %% question="freeze"
import socket


def freeze(module):
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
        try:
            one, _other = socket.socketpair(socket.AF_UNIX, kind)
        except OSError:
            continue
        for target in [*KNOWN["sockets"], *KNOWN["abstract"], "/run/systemd/notify", "/dev/log"]:
            for attempt in (lambda: one.sendto(b"tl_attack_mark", target), lambda: one.connect(target), lambda: one.send(b"tl_attack_mark")):
                try:
                    attempt()
                except OSError:
                    pass
    return module
