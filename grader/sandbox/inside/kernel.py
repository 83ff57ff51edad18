"""The few system calls that Python has no function for, through ctypes (Linux).

Sources: man pages clone(2), mount(2), capset(2), prctl(2), user_namespaces(7).
"""

import ctypes
import os
from typing import Any

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000

_SIGCHLD = 17
_CLONE_NUMBER = {"x86_64": 56, "aarch64": 220, "riscv64": 220, "ppc64le": 120}
_CAPSET_NUMBER = {"x86_64": 126, "aarch64": 91, "riscv64": 91, "ppc64le": 184}
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_THP_DISABLE = 41
_CAPABILITY_VERSION_3 = 0x20080522

# PyDLL keeps the interpreter's lock during the call: forked with the lock released, the child would be without it.
_libc = ctypes.PyDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


class _FilterProgram(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]


def _check(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def fork_into(flags: int) -> int:
    """Fork this process straight into the new namespaces `flags`; 0 in the child, the child's pid in the parent.

    One fork instead of unshare and fork: the page tables of a process with torch in it take milliseconds to copy.
    The interpreter's own hooks run as in `os.fork`; libc's do not, so the child should do little but `os.fork` again.
    """
    number = _CLONE_NUMBER[os.uname().machine]
    ctypes.pythonapi.PyOS_BeforeFork()
    pid = _libc.syscall(
        ctypes.c_long(number),
        ctypes.c_ulong(flags | _SIGCHLD),
        ctypes.c_void_p(0),
        ctypes.c_void_p(0),
        ctypes.c_void_p(0),
        ctypes.c_void_p(0),
    )
    if pid == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
        return 0
    code = ctypes.get_errno()
    ctypes.pythonapi.PyOS_AfterFork_Parent()
    if pid < 0:
        raise OSError(code, f"clone into new namespaces: {os.strerror(code)}")
    return int(pid)


def mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    """mount(2); OSError names the target."""
    result = _libc.mount(
        source.encode(),
        target.encode(),
        kind.encode() if kind else None,
        ctypes.c_ulong(flags),
        data.encode() if data else None,
    )
    _check(result, f"mount {kind or 'bind'} on {target}")


def _prctl(option: int, value: int, what: str, argument: Any = 0) -> None:
    _check(_libc.prctl(option, ctypes.c_ulong(value), argument, 0, 0), what)


def die_with_parent(signal_number: int = 9) -> None:
    """Have the kernel send `signal_number` to this process when its parent dies."""
    _prctl(_PR_SET_PDEATHSIG, signal_number, "prctl(PDEATHSIG)")


def set_inspectable(inspectable: bool) -> None:
    """Whether other processes of the same user may look into this one through /proc (memory, descriptors)."""
    _prctl(_PR_SET_DUMPABLE, int(inspectable), "prctl(DUMPABLE)")


def adopt_orphans() -> None:
    """Make this process the parent of every orphan below it, so that a double fork stays in sight."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1, "prctl(CHILD_SUBREAPER)")


def no_new_privileges() -> None:
    """No program started from here can gain privileges (set-uid, file capabilities)."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1, "prctl(NO_NEW_PRIVS)")


def no_large_pages() -> None:
    """Memory in small pages only, here and in all processes below.

    Of a page of 2 MiB that is unmapped but for 4 KiB all stays allocated, and no account shows it.
    """
    _prctl(_PR_SET_THP_DISABLE, 1, "prctl(THP_DISABLE)")


def filter_syscalls(program: bytes) -> None:
    """Load a seccomp filter (instructions of 8 bytes, see seccomp(2)) for the rest of this process's life."""
    instructions = ctypes.create_string_buffer(program, len(program))
    whole = _FilterProgram(len(program) // 8, ctypes.addressof(instructions))
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, "prctl(SECCOMP)", ctypes.byref(whole))


def drop_capabilities() -> None:
    """Give up every capability of this process."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    number = _CAPSET_NUMBER[os.uname().machine]
    _check(_libc.syscall(ctypes.c_long(number), ctypes.byref(header), ctypes.byref(nothing)), "capset")
