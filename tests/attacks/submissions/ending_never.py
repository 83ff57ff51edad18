# %% [markdown]
# Blocks every signal, handles every alarm and loops for ever.
# %% question="freeze"
import signal
import time

signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
for number in signal.valid_signals():
    try:
        signal.signal(number, signal.SIG_IGN)
    except OSError:
        pass
signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)


def freeze(module):
    while True:
        try:
            time.sleep(1)
        except BaseException:
            pass
