"""The reduced tier's filter as it is on kernels whose Landlock does not keep signals in (before Linux 6.12)."""

import subprocess
import sys

_TRIAL = """
import fcntl, os, signal, socket, struct, sys
import landlockpy
from grader.sandbox.inside import barriers, kernel

landlockpy.abi_version = lambda: 5
other = int(sys.argv[1])
kernel.no_new_privileges()
barriers.build_filter(namespaces=False).load()
one, _two = socket.socketpair()
worked = []
for name, attempt in {
    "kill": lambda: os.kill(other, signal.SIGTERM),
    "pidfd": lambda: signal.pidfd_send_signal(os.pidfd_open(other), signal.SIGTERM),
    "F_SETOWN": lambda: fcntl.fcntl(one, fcntl.F_SETOWN, other),
    "F_SETOWN_EX": lambda: fcntl.fcntl(one, 15, struct.pack("ii", 1, other)),
    "F_SETSIG": lambda: fcntl.fcntl(one, 10, signal.SIGKILL),
    "FIOSETOWN": lambda: fcntl.ioctl(one, 0x8901, struct.pack("i", other)),
    "everybody": lambda: os.kill(-1, 0),
    "itself": lambda: os.kill(os.getpid(), 0),
}.items():
    try:
        attempt()
        worked.append(name)
    except PermissionError:
        pass
print(*worked)
"""


def test_a_process_may_signal_itself_alone() -> None:
    with subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"]) as other:
        try:
            command = [sys.executable, "-c", _TRIAL, str(other.pid)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=280)
            assert other.poll() is None
        finally:
            other.kill()
    assert done.stdout.split() == ["itself"], done.stderr
