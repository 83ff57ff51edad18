# %% [markdown]
# Changes priority, processors, limits and schedulers of other processes.
# %% question="freeze"
import os
import resource


def freeze(module):
    for pid in [*KNOWN["pids"], os.getppid()]:
        for attempt in (
            lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, 3)),
            lambda: resource.prlimit(pid, resource.RLIMIT_CPU, (1, 1)),
            lambda: os.sched_setaffinity(pid, {0}),
            lambda: os.setpriority(os.PRIO_PROCESS, pid, 19),
            lambda: os.setpriority(os.PRIO_PGRP, pid, 19),
            lambda: os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0)),
            lambda: open(f"/proc/{pid}/oom_score_adj", "w").write("1000"),
            lambda: open(f"/proc/{pid}/coredump_filter", "w").write("0"),
        ):
            try:
                attempt()
            except OSError:
                pass
    try:
        os.setpriority(os.PRIO_USER, 0, 19)
    except OSError:
        pass
    return module
