# %% [markdown]
# Registers what is to run when its process ends, in every place where that can be done.
# %% question="freeze"
import atexit
import os
import signal
import weakref


def last_words(*args):
    for folder in (".", "/tmp", "/dev/shm", KNOWN["checkout"], KNOWN["scratches"]):
        try:
            open(folder + "/tl_attack_mark_atexit", "w").write("I was here")
        except OSError:
            pass


class Dying:
    def __del__(self):
        last_words()


atexit.register(last_words)
os.register_at_fork(after_in_child=last_words, after_in_parent=last_words)
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
    signal.signal(number, last_words)
dying = Dying()
weakref.finalize(dying, last_words)


def freeze(module):
    raise SystemExit(0)
