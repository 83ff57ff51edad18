# %% [markdown]
# Lets other programs read: cat, tar, git, python, the dynamic loader, a shell.
# %% question="freeze"
import subprocess
import sys


def freeze(module):
    loot = []
    closed, checkout = KNOWN["planted"], KNOWN["checkout"]
    for command in (
        ["cat", *closed],
        ["sh", "-c", f"cat {' '.join(closed)}; ls -R {checkout}/grader/hidden; env"],
        ["tar", "cf", "-", *closed],
        ["git", "-C", checkout, "log", "-p", "-n", "3"],
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {checkout!r}); import tlcore.reference as r; print(open(r.__file__).read())"],
        ["/lib64/ld-linux-x86-64.so.2", "/bin/cat", *closed],
        ["dd", f"if={closed[0]}"],
    ):
        try:
            done = subprocess.run(command, capture_output=True, timeout=1)
            loot.append(done.stdout.decode(errors="replace"))
        except (OSError, subprocess.SubprocessError):
            pass
    return "\n".join(loot)[:190_000]
