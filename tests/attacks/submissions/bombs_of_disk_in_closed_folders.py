# %% [markdown]
# Fills the disk where nobody can look: in a folder that may not be listed, by children for whom nobody waits.
# %% question="freeze"
import os
import signal
import time


def freeze(module):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    os.mkdir("closed", 0o300)
    for i in range(60):
        if os.fork() == 0:
            try:
                with open(f"closed/{i}", "wb") as file:
                    file.write(b"\1" * (15 << 20))
            finally:
                os._exit(0)
        time.sleep(0.02)
    return module
