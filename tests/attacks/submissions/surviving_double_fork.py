# %% [markdown]
# Leaves a daemon behind: forks twice, starts a session of its own, closes everything and waits for its time.
# %% question="freeze"
import os
import signal
import time


def freeze(module):
    if os.fork() == 0:
        try:
            os.setsid()
        except OSError:
            pass
        if os.fork() == 0:
            try:
                os.setpgid(0, 0)
            except OSError:
                pass
            for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
                signal.signal(number, signal.SIG_IGN)
            os.closerange(0, 256)
            time.sleep(100)
        os._exit(0)
    return module
