# %% [markdown]
# Opens sockets of every family there is, connects to the machine's servers and to the world.
# %% question="freeze"
import socket


def freeze(module):
    loot = []
    for family in range(1, 46):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
            try:
                one = socket.socket(family, kind)
            except OSError:
                continue
            one.settimeout(0.2)
            targets = {
                socket.AF_UNIX: [*KNOWN["sockets"], *KNOWN["abstract"], "/run/docker.sock", "/run/systemd/notify", "/dev/log"],
                socket.AF_INET: [("127.0.0.1", KNOWN["port"]), ("192.0.2.1", 80)],
                socket.AF_INET6: [("::1", KNOWN["port"])],
            }.get(family, [])
            for target in targets:
                try:
                    one.connect(target)
                    one.send(b"hello")
                    loot.append(f"{family} {kind} {target}: {one.recv(100)}")
                except OSError:
                    pass
            if family != socket.AF_UNIX:
                loot.append(f"family {family}, kind {kind} could be opened")
            one.close()
    return "\n".join(loot) or module
