"""Run a program on a machine whose file systems have no locks: `python no_flock.py ERRNO PROGRAM ARGUMENT...`.

The kernel itself answers each `flock` of the program, and of what it starts, with this error (such as ENOSYS, the
answer of Lustre mounted without `flock`): by a seccomp filter, so that no code of Python's or of ours is replaced.
"""

import errno
import os
import sys

import pyseccomp

if __name__ == "__main__":
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    rules.add_rule(pyseccomp.ERRNO(getattr(errno, sys.argv[1])), "flock")
    rules.load()
    os.execvp(sys.argv[2], sys.argv[2:])
