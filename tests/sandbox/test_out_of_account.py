"""What no account of a process shows: locks on the machine's files, memory that was given up, chains of mappings."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from asking import PROTECTING, STAND_IN, Asker, asking

from grader.sandbox import Limits, Sandbox, Tier

Refused = Callable[[str], str]
SMALL = Limits(cpu_seconds=30, memory_mib=512, total_memory_mib=512, processes=16)

MAP = (
    "import ctypes, os\n"
    "libc = ctypes.CDLL(None, use_errno=True)\n"
    "libc.mmap.restype = ctypes.c_void_p\n"
    "def mapped(flags, file=-1, rights=3, length=4 << 20):\n"
    "    place = libc.mmap(None, ctypes.c_size_t(length), rights, flags, file, ctypes.c_long(0))\n"
    "    return place not in (None, ctypes.c_void_p(-1).value)\n"
)


def locks_on(path: str) -> int:
    """Locks of all kinds that hang on a file of this machine."""
    inode = str(os.stat(path).st_ino)
    return sum(line.split()[-3].endswith(f":{inode}") for line in Path("/proc/locks").read_text().splitlines())


@pytest.mark.parametrize("path", ["/dev/null", "/dev/full", os.__file__])
@pytest.mark.parametrize("how", ["flock", "record", "open file", "blocking"])
def test_locks_say_done_and_hang_on_nothing(learner: Asker, how: str, path: str) -> None:
    lock = {
        "flock": "fcntl.flock(file, fcntl.LOCK_SH)",
        "record": "fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB, 1, 7)",
        "open file": "fcntl.fcntl(file, 37, struct.pack('hhqqi', 0, 0, 9, 1, 0))",
        "blocking": "fcntl.lockf(file, fcntl.LOCK_SH, 1, 11)",
    }[how]
    before = locks_on(path)
    learner.ask(f"import fcntl, struct\nfile = open({path!r}, 'rb')\n{lock}")
    assert locks_on(path) == before


@pytest.mark.parametrize(
    "watch",
    [
        "import fcntl; fcntl.fcntl(os.open('/usr', os.O_RDONLY), 1026, 0x1 | 0x80000000)",
        "import fcntl; fcntl.fcntl(os.open(os.__file__, os.O_RDONLY), 1024, 0)",
        "fd = ctypes.CDLL(None, use_errno=True).inotify_init1(0)\nif fd < 0: raise PermissionError",
    ],
    ids=["dnotify", "lease", "inotify"],
)
def test_no_watch_on_a_file_of_the_machine(refused: Refused, watch: str) -> None:
    assert "PermissionError" in refused(f"import ctypes, os\n{watch}")


def test_libraries_that_lock_out_of_habit_work(learner: Asker) -> None:
    code = (
        "import sqlite3\n"
        "base = sqlite3.connect('own.db')\n"
        "base.execute('create table t (x)'); base.execute('insert into t values (7)'); base.commit()\n"
        "from filelock import FileLock\n"
        "with FileLock('own.lock'): result = base.execute('select x from t').fetchone()[0]\n"
    )
    assert learner.ask(code) == 7


def test_no_memory_that_stays_when_it_is_unmapped(learner: Asker) -> None:
    shared = learner.ask(MAP + "result = [mapped(0x21), mapped(0x23), mapped(0x21, rights=1), mapped(0x121)]")
    assert shared == [False] * 4
    assert learner.ask(MAP + "result = [mapped(0x40021), mapped(0x40022), mapped(0x54040022)]") == [False] * 3
    opening = (
        "result = []\n"
        "for mode in (os.O_RDONLY, os.O_RDWR):\n"
        "    try: result.append(mapped(1, os.open('/dev/zero', mode), 1))\n"
        "    except OSError: pass\n"
    )
    assert learner.ask(MAP + opening) == []
    assert learner.ask(MAP + "result = mapped(0x22)") is True
    in_a_file = "file = os.open('own', os.O_RDWR | os.O_CREAT); os.ftruncate(file, 4 << 20); result = mapped(1, file)"
    assert learner.ask(MAP + in_a_file) is True  # as numpy.memmap does


def test_large_pages_are_off_and_stay_off(learner: Asker) -> None:
    status = learner.ask("result = open('/proc/self/status').read()")
    assert "THP_enabled:\t0" in status
    assert learner.ask("import ctypes; result = ctypes.CDLL(None).prctl(41, 0, 0, 0, 0)") == -1


CHAIN = (
    MAP
    + "place = libc.mmap(None, ctypes.c_size_t(4096 * 50_000), 3, 0x22, -1, ctypes.c_long(0))\n"
    + "import time\n"
    + "for page in range(0, 50_000, 2):\n"
    + "    ctypes.memset(place + 4096 * page, 1, 1)\n"
    + "    libc.mprotect(ctypes.c_void_p(place + 4096 * page), ctypes.c_size_t(4096), 1)\n"
    + "for _ in range(12):\n"
    + "    if os.fork(): break\n"
    + "time.sleep(60)\n"
)


def test_a_chain_of_forked_mappings_is_ended(sandbox: Sandbox) -> None:
    with asking(sandbox, SMALL) as learner:
        fate = learner.last(CHAIN, 30)
    assert fate.kind == "out_of_memory"
    assert "mappings" in fate.why


def test_ordinary_use_of_processes_is_not(sandbox: Sandbox) -> None:
    code = (
        "import os\n"
        "pids = []\n"
        "for n in range(12):\n"
        "    pid = os.fork()\n"
        "    if pid == 0:\n"
        "        import time; time.sleep(0.6); os._exit(0)\n"
        "    pids.append(pid)\n"
        "result = [os.waitpid(pid, 0)[1] for pid in pids]\n"
    )
    with asking(sandbox, SMALL) as learner:
        assert learner.ask(code) == [0] * 12


def test_the_machines_connections_users_and_mounts_are_not_told(sandbox: Sandbox, learner: Asker) -> None:
    if sandbox.tier is Tier.FULL:
        assert learner.ask("result = open('/proc/self/net/tcp').read().count('\\n')") == 1  # its own, and empty
    else:
        code = (
            "import os\n"
            "result = []\n"
            "for folder in ('self', 'thread-self', f'self/task/{os.getpid()}', '.'):\n"
            "    for name in ('net/tcp', 'net/unix', 'net/dev', 'mountinfo', 'mounts', 'mountstats', 'cgroup'):\n"
            "        try: result.append(open(f'/proc/{folder}/{name}').read())\n"
            "        except OSError: pass\n"
            "import fcntl, socket\n"
            "try: result.append(fcntl.ioctl(socket.socketpair()[0], 0x8912, bytes(16)).hex())\n"
            "except OSError: pass\n"
        )
        assert learner.ask(code) == []
    calls = "import ctypes; result = [ctypes.CDLL(None).syscall(n, 0, 0, 0, 0) for n in (457, 458)]"
    assert learner.ask(calls) == [-1, -1]


def test_its_own_facts_can_still_be_read(learner: Asker) -> None:
    names = ("stat", "statm", "status", "maps", "smaps_rollup", "cmdline", "environ", "limits", "io")
    code = f"result = [len(open('/proc/self/' + name, 'rb').read()) > 0 for name in {names!r}]"
    assert learner.ask(code) == [True] * len(names)


@pytest.mark.parametrize("tier", PROTECTING)
def test_a_slow_end_is_waited_for_beside_the_others(tier: str) -> None:
    """It ends nothing but itself, nobody waits for it before a fork, and its CPU time counts."""
    slow_end = Path(__file__).with_name("slow_end.py")
    with Sandbox(tier, preload=("slow_end",), server="exec_server:serve", extra=(STAND_IN, slow_end)) as sandbox:
        assert sandbox.missing == {}
        with asking(sandbox) as neighbour:
            session = sandbox.session()
            Asker(session).ask("for n in range(12_000_000): n * n")
            began = time.monotonic()
            fate = session.close(patience=1.5)
            assert time.monotonic() - began < 3.5
            assert (fate.kind, fate.why) == ("closed", "its end takes longer than 1.5 s")
            assert fate.cpu_seconds > 0.1
            while time.monotonic() - began < 6:  # through both parts of the end
                forked = time.monotonic()
                other = sandbox.session()
                assert Asker(other).ask("result = 2 + 2") == 4
                assert time.monotonic() - forked < 1.0
                other.close(patience=0.1)
                assert neighbour.ask("result = 2 + 2") == 4
            deadline = time.monotonic() + 60
            while sandbox.fork_server_pid in _above(session.pid) and time.monotonic() < deadline:
                time.sleep(0.1)
            assert sandbox.fork_server_pid not in _above(session.pid)
            assert sandbox.restarts == 0


def _above(pid: int | None) -> list[int]:
    """The living ancestors of a process, none where it is gone."""
    found: list[int] = []
    while pid:
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            break
        found.append(pid)
    return found


def test_a_supervisor_that_was_killed_leaves_the_cpu_time_that_is_known(sandbox: Sandbox) -> None:
    with sandbox.session() as session:
        Asker(session).ask("for n in range(12_000_000): n * n")
        used = session.cpu_seconds()
        session.end_by_force()
        fate = session.fate(10)
    assert fate.vanished
    assert fate.cpu_seconds >= used > 0.1
