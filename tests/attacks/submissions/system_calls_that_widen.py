# %% [markdown]
# Asks for namespaces, mounts, other roots, new keys, kernel programs and more rights.
# %% question="freeze"
import ctypes
import os

CALLS = {
    "unshare": (272, 0x10000000), "clone": (56, 0x10000000 | 17, 0, 0, 0, 0), "clone3": (435, 0, 0), "setns": (308, 3, 0),
    "mount": (165, 0, 0, 0, 0, 0), "pivot_root": (155, 0, 0), "chroot": (161, 0), "open_tree": (428, 0, 0, 0),
    "keyctl": (250, 0, 0), "bpf": (321, 0, 0, 0), "perf": (298, 0, 0, -1, -1, 0), "io_uring": (425, 1, 0),
    "userfaultfd": (323, 0), "memfd": (319, 0, 0), "ptrace": (101, 0), "landlock": (444, 0, 0, 1), "setuid": (105, 0),
    "capset": (126, 0, 0), "personality": (135, 0x0040000), "kexec": (246, 0, 0, 0, 0), "swapoff": (168, 0),
    "process_madvise": (440, 0, 0, 0, 0, 0), "handle": (304, 0, 0, 0), "settimeofday": (164, 0, 0), "syslog": (103, 3, 0, 0),
}  # fmt: skip


def freeze(module):
    libc = ctypes.CDLL(None, use_errno=True)
    worked = [name for name, words in CALLS.items() if libc.syscall(*map(ctypes.c_long, words)) >= 0 and name != "setuid"]
    return f"worked: {worked}, user {os.getuid()}" if worked else module
