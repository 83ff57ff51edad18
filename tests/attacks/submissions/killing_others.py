# %% [markdown]
# Sends signals to every process that it knows: grader, fork server, neighbour, bystander, everybody.
# %% question="freeze"
import os
import signal


def freeze(module):
    pids = [*KNOWN["pids"], os.getppid(), -1, 0]
    try:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    except OSError:
        pass
    for pid in pids:
        for number in (signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL):
            if pid == 0 and number != signal.SIGTERM:
                continue  # that would only be itself
            if pid == -1 and number != signal.SIGTERM:
                continue
            for send in (os.kill, lambda p, n: os.killpg(p, n) if p > 1 else None):
                try:
                    send(pid, number)
                except (OSError, OverflowError):
                    pass
        if pid > 1:
            try:
                signal.pidfd_send_signal(os.pidfd_open(pid), signal.SIGKILL)
            except OSError:
                pass
    return module
