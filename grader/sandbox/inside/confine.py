"""From a fresh fork of the fork server to a process that may run a stranger's code.

In the full tier the pid-1 supervisor calls `build_room` (private mounts in private namespaces), then forks the
learner's process, which calls `confine`: limits, environment, Landlock, seccomp. In the reduced tier there is no room
to build: Landlock draws the walls round the machine's own file system. In tier none only limits and environment are
left.
"""

import os
import resource
import signal
import sys
import tempfile
from dataclasses import dataclass, field

from .limits import Limits

PRIVATE_ROOT = "/tmp"
SHARED_MEMORY = "/dev/shm"
# Not /dev/zero: mapped, it is memory that stays when it is unmapped but for a page, in nobody's account.
DEVICES = ("/dev/null", "/dev/full", "/dev/random", "/dev/urandom")
USER_ID = 1000

# What of the machine a library may ask for where there is no private /proc; joblib does not get over a refusal.
_FACTS: tuple[str, ...] = ("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/version", "/proc/filesystems")
_FACTS += tuple(f"/sys/fs/cgroup/{name}" for name in ("cpu.max", "cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us"))
# And of its own folder there, which also holds the connections, users and mounts of the whole machine.
_OWN_FACTS = """
auxv cmdline comm environ exe fd fdinfo io limits maps oom_score oom_score_adj smaps smaps_rollup stat statm status
""".split()
_SPARE_ADDRESS_SPACE = 256 << 20


_QUEUED_SIGNALS = 1024
"""Signals that wait and timers, of all processes of the user together: kernel memory that no account shows."""


@dataclass(frozen=True)
class Plan:
    """What the fork server was told at its start: the tier, for the reduced tier which paths stay visible, and for the
    full tier which of the visible trees lie in /tmp and must be shown again in the private one."""

    tier: str
    readable: tuple[str, ...] = ()
    listable: tuple[str, ...] = ()
    in_tmp: tuple[str, ...] = ()
    scratch_parent: str = PRIVATE_ROOT
    environment: dict[str, str] = field(default_factory=dict)

    def scratch(self, session: int) -> str:
        """The folder that holds a session's `work`, `home` and `tmp`."""
        return self.scratch_parent if self.tier == "full" else os.path.join(self.scratch_parent, f"s{session}")


def build_room(plan: Plan, limits: Limits, outer_ids: tuple[int, int]) -> None:
    """In the new namespaces, as their pid 1: map the user, mount a private /tmp, /dev/shm and /proc.

    `outer_ids` are the uid and gid of the fork server. Raises OSError naming what failed.
    """
    from . import kernel

    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{USER_ID} {outer_ids[0]} 1")
    _write("/proc/self/gid_map", f"{USER_ID} {outer_ids[1]} 1")
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    guarded = kernel.MS_NOSUID | kernel.MS_NODEV
    size = f"size={limits.scratch_mib}m,nr_inodes={limits.scratch_files},mode=0755"
    held = [(tree, os.open(tree, os.O_PATH)) for tree in plan.in_tmp]
    kernel.mount("tmpfs", PRIVATE_ROOT, "tmpfs", guarded, size)
    for tree, descriptor in held:  # a Python or a .venv somewhere in /tmp; the new mount stays as read-only as the old
        os.makedirs(tree, exist_ok=True)
        kernel.mount(f"/proc/self/fd/{descriptor}", tree, None, kernel.MS_BIND | kernel.MS_REC)
        os.close(descriptor)
    shared = f"size={limits.shared_mib}m,nr_inodes=1024,mode=1777"
    kernel.mount("tmpfs", SHARED_MEMORY, "tmpfs", guarded | kernel.MS_NOEXEC, shared)
    kernel.mount("proc", "/proc", "proc", guarded | kernel.MS_NOEXEC)


def make_scratch(scratch: str) -> str:
    """Create the folders of a session under `scratch`; the working directory is returned."""
    for name in ("work", "home", "tmp"):
        os.makedirs(os.path.join(scratch, name), mode=0o700, exist_ok=True)
    return os.path.join(scratch, "work")


def confine(plan: Plan, limits: Limits, scratch: str, keep: tuple[int, ...], syscalls: bytes | None = None) -> None:
    """Turn this process into a learner's: nothing of what it does from here reaches beyond its room.

    `keep` are the only file descriptors above 2 that stay open; `syscalls` is the seccomp filter where it could be
    built before the fork. The order matters: each step takes away what the ones before still needed.
    """
    os.setsid()
    _reset_signals()
    _close_all_but(keep)
    os.chdir(os.path.join(scratch, "work"))
    os.umask(0o022)
    _set_environment(plan, scratch)
    if sys.platform == "linux":
        _write(
            "/proc/self/oom_score_adj", "1000"
        )  # where the machine itself runs out, the learner goes, not the grader
    set_limits(plan.tier, limits)
    if plan.tier == "none":
        return
    from . import barriers, kernel

    full = plan.tier == "full"
    kernel.no_new_privileges()
    kernel.no_large_pages()
    kernel.drop_capabilities()
    syscalls = syscalls or barriers.filter_program(namespaces=full)
    if full:
        barriers.restrict_files(("/",), (), (PRIVATE_ROOT, SHARED_MEMORY), DEVICES)
    else:
        proc = (*(f"/proc/{os.getpid()}/{name}" for name in _OWN_FACTS), *_FACTS)
        barriers.restrict_files((*plan.readable, *proc), plan.listable, (scratch,), DEVICES)
    kernel.filter_syscalls(syscalls)


def set_limits(tier: str, limits: Limits) -> None:
    """Resource limits of this process and, except for CPU time and memory, of all below it together."""
    mib = 1 << 20
    # One byte is no core file, and where crashes go to a program (core(5), core_pattern), only this keeps it from being
    # started, as root, for every crash: 0 does not.
    _limit("RLIMIT_CORE", 1)
    _limit("RLIMIT_CPU", int(limits.cpu_seconds + 0.999), grace=2)
    _limit("RLIMIT_FSIZE", limits.file_mib * mib)
    _limit("RLIMIT_NOFILE", limits.open_files)
    _limit("RLIMIT_SIGPENDING", _QUEUED_SIGNALS)
    if sys.platform == "linux":
        _limit("RLIMIT_AS", _address_space() + limits.memory_mib * mib + _SPARE_ADDRESS_SPACE)
    # The kernel counts processes per user and namespace. Without a namespace the user's own are counted with them,
    # so the limit is set above those and the supervisor counts the tree itself.
    others = 0 if tier == "full" else 4 * limits.processes + _tasks_of_this_user()
    _limit("RLIMIT_NPROC", others + limits.processes)


def _limit(name: str, soft: int, grace: int = 0) -> None:
    which = getattr(resource, name, None)
    if which is None:
        return
    hardest = resource.getrlimit(which)[1]
    if hardest != resource.RLIM_INFINITY:
        soft = min(soft, hardest)
        grace = min(grace, hardest - soft)
    resource.setrlimit(which, (soft, soft + grace))


def _address_space() -> int:
    with open("/proc/self/statm", "rb") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()


def _tasks_of_this_user() -> int:
    """Threads of this user on the machine, or a guess on the safe side where /proc does not say."""
    uid, count = os.getuid(), 0
    try:
        for name in os.listdir("/proc"):
            if name.isdigit():
                try:
                    if os.stat(f"/proc/{name}").st_uid == uid:
                        count += os.stat(f"/proc/{name}/task").st_nlink - 2
                except OSError:
                    continue
    except OSError:
        return 4096
    return count


def _reset_signals() -> None:
    for number in signal.valid_signals():
        if number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGPIPE, getattr(signal, "SIGXFSZ", None)):
            continue  # Python ignores the last two and turns them into exceptions: that is what a learner expects
        try:
            signal.signal(number, signal.SIG_DFL)
        except (OSError, ValueError):
            continue
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.set_wakeup_fd(-1)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _close_all_but(keep: tuple[int, ...]) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    start = 3
    for descriptor in (*sorted(keep), 1 << 20):
        os.closerange(start, descriptor)
        start = descriptor + 1


def _set_environment(plan: Plan, scratch: str) -> None:
    """Exactly the plan's variables, with the places where libraries write inside the session's own scratch."""
    home, temporary = os.path.join(scratch, "home"), os.path.join(scratch, "tmp")
    os.environ.clear()
    os.environ.update(plan.environment)
    os.environ.update(HOME=home, TMPDIR=temporary, PWD=os.path.join(scratch, "work"))
    os.environ.update(
        {name: os.path.join(home, place) for name, place in (
            ("MPLCONFIGDIR", ".matplotlib"), ("IPYTHONDIR", ".ipython"), ("XDG_CACHE_HOME", ".cache"),
            ("XDG_CONFIG_HOME", ".config"), ("XDG_DATA_HOME", ".local"), ("HF_HOME", ".cache/huggingface"),
            ("TORCH_HOME", ".cache/torch"), ("JUPYTER_CONFIG_DIR", ".jupyter"),
        )}
    )  # fmt: skip
    tempfile.tempdir = None  # an import in the fork server may have looked it up already


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)
