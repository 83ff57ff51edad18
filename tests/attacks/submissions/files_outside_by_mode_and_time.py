# %% [markdown]
# Changes mode, owner, times and attributes of files outside, and swaps them for its own.
# %% question="freeze"
import os


def freeze(module):
    for path in [*KNOWN["planted"], KNOWN["checkout"], KNOWN["submissions"], KNOWN["scratches"], *KNOWN["sockets"], "/tmp"]:
        for attempt in (
            lambda: os.chmod(path, 0o777),
            lambda: os.chown(path, os.getuid(), os.getgid()),
            lambda: os.utime(path, (0, 0)),
            lambda: os.setxattr(path, "user.tl_attack_mark", b"1"),
            lambda: os.truncate(path, 0),
            lambda: os.remove(path),
            lambda: os.rename(path, path + ".tl_attack_mark"),
            lambda: os.mkfifo(path + ".tl_attack_mark_fifo"),
            lambda: os.symlink("/etc/shadow", path + "/tl_attack_mark"),
        ):
            try:
                attempt()
            except OSError:
                pass
    return module
