"""Landlock and seccomp: what the kernel refuses to a learner's process for the rest of its life.

Built on landlockpy and pyseccomp. Sources: docs.kernel.org/userspace-api/landlock.html, seccomp(2),
and the list of calls that Docker's default profile withholds.
"""

import errno
import os
from collections.abc import Callable, Iterable

import landlockpy
import pyseccomp
from landlockpy import AccessFS, Scope

_CLONE_NAMESPACES = (0x00000080, 0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)
_AF_UNIX = 1
_SOCK_DGRAM = 2
_PR_SET_DUMPABLE = 4
_RLIMIT_CORE = 4
_SIGNALS_BY_DESCRIPTOR = (8, 10, 15)  # fcntl: F_SETOWN, F_SETSIG, F_SETOWN_EX
_OWNER_BY_IOCTL = (0x8901, 0x8902)  # FIOSETOWN, SIOCSPGRP
_LOCKS_BY_DESCRIPTOR = (6, 7, 37, 38)  # fcntl: F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW
_WATCHES_BY_DESCRIPTOR = (1024, 1026)  # fcntl: F_SETLEASE, F_NOTIFY
_MAP_SHARED_ANONYMOUS = 0x21
_MAP_HUGETLB = 0x40000
_MADV_PAGEOUT = 21
_PR_SET_THP_DISABLE = 41
_LANDLOCK_KNOWS_TRUNCATE = 3
_LANDLOCK_KNOWS_SIGNALS = 6

_READ = AccessFS.READ_FILE | AccessFS.READ_DIR | AccessFS.EXECUTE
_DEVICE = AccessFS.READ_FILE | AccessFS.WRITE_FILE

# Refused in every tier: namespaces and mounts, looking into other processes, kernel interfaces with a large attack
# surface, memory that no limit sees (memfd, System V and POSIX queues, large pages that a pipe keeps when they are
# unmapped), what the whole machine has a fixed number of (io_setup), watches that hang on files of the machine
# (inotify), the machine's mounts (listmount, statmount), and the clock.
_NEVER = """
unshare setns mount umount2 pivot_root chroot move_mount open_tree fsopen fsconfig fsmount fspick mount_setattr
open_tree_attr name_to_handle_at open_by_handle_at
ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_getfd
bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register
keyctl add_key request_key
kexec_load kexec_file_load init_module finit_module delete_module reboot swapon swapoff acct quotactl quotactl_fd
syslog personality lookup_dcookie nfsservctl sethostname setdomainname iopl ioperm vhangup modify_ldt
settimeofday adjtimex clock_settime clock_adjtime
memfd_create memfd_secret shmget shmat shmctl semget semop semtimedop semctl msgget msgsnd msgrcv msgctl
mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr
vmsplice io_setup
fanotify_init fanotify_mark inotify_init inotify_init1 inotify_add_watch
listmount statmount move_pages migrate_pages mbind set_mempolicy
landlock_create_ruleset landlock_add_rule landlock_restrict_self
""".split()

# Numbers of calls younger than some libseccomp in use; they are the same on every architecture.
_YOUNG = {
    "process_madvise": 440, "mount_setattr": 442, "quotactl_fd": 443, "landlock_create_ruleset": 444,
    "landlock_add_rule": 445, "landlock_restrict_self": 446, "memfd_secret": 447, "fchmodat2": 452,
    "statmount": 457, "listmount": 458,
    "setxattrat": 463, "removexattrat": 466, "open_tree_attr": 467, "file_setattr": 469,
}  # fmt: skip

# Calls on another process, named by pid in the first argument; 0 means oneself.
_ONLY_ONESELF = ("prlimit64", "sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr")

# Without a private mount namespace these reach files that Landlock does not guard. They do nothing and say "done", so
# that shutil.copy and friends, which tidy up permissions at the end, do not fail a right answer.
_PRETENDED = """
chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes utimensat futimesat
""".split()
_NOT_WITHOUT_NAMESPACES = """
setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr setxattrat removexattrat file_setattr
setsid setpgid setpriority ioprio_set socket
""".split()


def landlock_problem() -> str | None:
    """Why Landlock cannot guard files here, or None where it can."""
    abi = landlockpy.abi_version()
    if abi == 0:
        return "the kernel has no Landlock (Linux 6.2 or later, with landlock among the `lsm=` of the boot line)"
    if abi < _LANDLOCK_KNOWS_TRUNCATE:
        return f"the kernel's Landlock is version {abi}; version {_LANDLOCK_KNOWS_TRUNCATE} (Linux 6.2) is needed"
    return None


def restrict_files(
    readable: Iterable[str], listable: Iterable[str], writable: Iterable[str], devices: Iterable[str]
) -> None:
    """Confine this process and its children to the given paths, for ever; also scope signals and abstract sockets.

    `readable`: trees that may be read and executed; `listable`: trees whose names may be listed; `writable`: trees
    where everything goes; `devices`: files that may be read and written. Paths that do not exist are passed over.
    """
    with landlockpy.Ruleset(scoped=Scope.ABSTRACT_UNIX_SOCKET | Scope.SIGNAL) as ruleset:
        everything = ruleset.handled_fs & ~(AccessFS.MAKE_CHAR | AccessFS.MAKE_BLOCK)
        of_a_file = AccessFS.EXECUTE | AccessFS.WRITE_FILE | AccessFS.READ_FILE | AccessFS.TRUNCATE | AccessFS.IOCTL_DEV
        for paths, access in (
            (readable, _READ),
            (listable, AccessFS.READ_DIR),
            (writable, everything),
            (devices, _DEVICE),
        ):
            for path in paths:
                if os.path.exists(path):
                    ruleset.allow_path(path, access if os.path.isdir(path) else access & of_a_file)
        ruleset.restrict()


def filter_program(namespaces: bool) -> bytes:
    """The seccomp filter as the kernel takes it: made once, loaded by every session (`kernel.filter_syscalls`)."""
    read_end, write_end = os.pipe()  # it is some 4 KiB long
    with open(read_end, "rb") as program:
        with open(write_end, "wb") as file:
            build_filter(namespaces).export_bpf(file)
        return program.read()


def build_filter(namespaces: bool) -> pyseccomp.SyscallFilter:
    """The seccomp filter; `namespaces` says whether the process has private mount, pid and net namespaces."""
    refuse = pyseccomp.ERRNO(errno.EPERM)
    syscalls = pyseccomp.SyscallFilter(pyseccomp.ALLOW)

    def rule(action: int, name: str, *conditions: pyseccomp.Arg) -> None:
        number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
        if number < 0:  # a libseccomp older than the kernel, or a call that this machine's architecture never had
            number = _YOUNG.get(name, -1)
        if number >= 0:
            syscalls.add_rule(action, number, *conditions)

    for name in _NEVER:
        # libffi and glibc try memfd_create first and take another way where the kernel is too old to have it.
        rule(pyseccomp.ERRNO(errno.ENOSYS) if name == "memfd_create" else refuse, name)
    for flag in _CLONE_NAMESPACES:
        rule(refuse, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag))
    # clone3 hides its flags behind a pointer; libc falls back to clone.
    rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    for name in _ONLY_ONESELF:
        rule(refuse, name, pyseccomp.Arg(0, pyseccomp.NE, 0))
    rule(refuse, "socketpair", pyseccomp.Arg(0, pyseccomp.NE, _AF_UNIX))
    # With no core at all allowed, the machine's own handler of crashes is started for each; see `set_limits`.
    rule(refuse, "setrlimit", pyseccomp.Arg(0, pyseccomp.EQ, _RLIMIT_CORE))
    rule(refuse, "prlimit64", pyseccomp.Arg(1, pyseccomp.EQ, _RLIMIT_CORE), pyseccomp.Arg(2, pyseccomp.NE, 0))
    # Who watches over the memory of all processes together must be able to read how much each has.
    rule(refuse, "prctl", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, 0xFFFFFFFF, _PR_SET_DUMPABLE))
    rule(
        refuse, "ioctl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xFFFFFFFF, 0x5412)
    )  # TIOCSTI: typing for somebody else
    _nothing_on_files_of_the_machine(rule, refuse)
    _no_memory_out_of_sight(rule, refuse)
    if namespaces:
        rule(refuse, "socket", pyseccomp.Arg(0, pyseccomp.NE, _AF_UNIX))
    else:
        for name in _NOT_WITHOUT_NAMESPACES:
            rule(refuse, name)
        # Any socket tells the names and addresses of the machine's network interfaces (SIOCGIFCONF and its like).
        rule(refuse, "ioctl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xFFFFFF00, 0x8900))
        # One half of a datagram pair can send to any socket of this machine that has a path.
        rule(refuse, "socketpair", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xF, _SOCK_DGRAM))
        # A file whose descriptor is on its way through a socket is in nobody's list.
        for name in ("sendmsg", "sendmmsg"):
            rule(refuse, name)
        # Space that is taken without being written fills a disk between two looks; libc then writes instead.
        rule(pyseccomp.ERRNO(errno.EOPNOTSUPP), "fallocate")
        for name in _PRETENDED:
            rule(pyseccomp.ERRNO(0), name)
        if filter_names_pid():
            _only_own_signals(rule, refuse)
    return syscalls


def _nothing_on_files_of_the_machine(rule: Callable[..., None], refuse: int) -> None:
    """Locks, leases and watches hang on the file itself, and every file that a session reads is the machine's.

    Hundreds of thousands on one file make every `close` of it slow, for everybody. Locks do nothing and say "done": a
    library that takes one out of habit (filelock, sqlite3) works, and an answer has nobody to lock out.
    """
    rule(pyseccomp.ERRNO(0), "flock")
    for command in _LOCKS_BY_DESCRIPTOR:
        rule(pyseccomp.ERRNO(0), "fcntl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xFFFFFFFF, command))
    for command in _WATCHES_BY_DESCRIPTOR:
        rule(refuse, "fcntl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xFFFFFFFF, command))


def _no_memory_out_of_sight(rule: Callable[..., None], refuse: int) -> None:
    """Memory that stays allocated without being in any process's account.

    Pages of a shared anonymous mapping stay when they are unmapped or given up, as long as a single one is mapped;
    pages of the machine's pool of huge ones are in no account at all; pages sent to swap are in none that is watched.
    A large page of which only a piece is left is kept away by PR_SET_THP_DISABLE, set in `confine`, which must hold.
    """
    for flags in (_MAP_SHARED_ANONYMOUS, _MAP_HUGETLB):
        rule(refuse, "mmap", pyseccomp.Arg(3, pyseccomp.MASKED_EQ, flags, flags))
    rule(refuse, "madvise", pyseccomp.Arg(2, pyseccomp.MASKED_EQ, 0xFFFFFFFF, _MADV_PAGEOUT))
    rule(refuse, "prctl", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, 0xFFFFFFFF, _PR_SET_THP_DISABLE))


def filter_names_pid() -> bool:
    """Whether the reduced tier's filter holds the pid of the process it is for, and so must be built after the fork."""
    return landlockpy.abi_version() < _LANDLOCK_KNOWS_SIGNALS


def _only_own_signals(rule: Callable[..., None], refuse: int) -> None:
    """Kernels before Landlock's signal scope: a process may signal itself, nobody else (its children neither)."""
    for name in ("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal"):
        rule(refuse, name, pyseccomp.Arg(0, pyseccomp.NE, os.getpid()))
    rule(refuse, "tkill")
    for command in _SIGNALS_BY_DESCRIPTOR:
        rule(refuse, "fcntl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xFFFFFFFF, command))
    for command in _OWNER_BY_IOCTL:
        rule(refuse, "ioctl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xFFFFFFFF, command))
