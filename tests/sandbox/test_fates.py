"""How sessions end: each bomb meets its limit, is told apart, and leaves nothing running."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest
from asking import Asker, asking

from grader.sandbox import Limits, Sandbox, Tier

SMALL = Limits(cpu_seconds=2, memory_mib=256, total_memory_mib=256, processes=16, scratch_mib=16, scratch_files=64)


BOMB, STRAY, ORPHAN = (f"tl-{letter}{os.getpid()}" for letter in "bso")
"""Names for processes, at most 15 letters, of this run alone: another may be going on beside it."""


def alive(name: str) -> list[int]:
    """Processes of this machine that have this name."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if (folder / "comm").read_text().strip() == name and " Z " not in (folder / "stat").read_text():
                    found.append(int(folder.name))
            except OSError:
                continue
    return found


def becomes(count: int, name: str, within: float = 30.0) -> bool:
    """Whether so many processes of this name are there, soon: a process of a busy machine takes its time."""
    end = time.monotonic() + within
    while len(alive(name)) != count:
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_leaving_by_itself(sandbox: Sandbox) -> None:
    with asking(sandbox) as learner:
        fate = learner.last("import os; os._exit(7)")
    assert (fate.kind, fate.code) == ("exited", 7)
    assert fate.seconds > 0


def test_hanging_up_ends_the_server(sandbox: Sandbox) -> None:
    with sandbox.session() as session:
        session.socket.close()
        fate = session.fate(5)
    assert (fate.kind, fate.code) == ("exited", 0)


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL, signal.SIGABRT, signal.SIGTERM])
def test_a_crash(sandbox: Sandbox, number: signal.Signals) -> None:
    with asking(sandbox) as learner:
        fate = learner.last(f"import os; os.kill(os.getpid(), {int(number)})")
    assert (fate.kind, fate.signal) == ("signalled", int(number))


def test_an_endless_loop(sandbox: Sandbox) -> None:
    with asking(sandbox, SMALL) as learner:
        fate = learner.last("while True: pass")
    assert fate.kind == "out_of_time"
    assert 1.5 < fate.cpu_seconds < 5


def test_an_endless_loop_that_ignores_signals(sandbox: Sandbox) -> None:
    code = (
        "import signal\n"
        "for number in range(1, 65):\n"
        "    try: signal.signal(number, signal.SIG_IGN)\n"
        "    except (OSError, ValueError): pass\n"
        "while True: pass"
    )
    with asking(sandbox, SMALL) as learner:
        fate = learner.last(code)
    assert fate.kind == "out_of_time"


def test_cpu_time_spread_over_children_counts(sandbox: Sandbox) -> None:
    """Each child stays below the limit of a process; all together do not."""
    code = (
        "import os, time\n"
        "while True:\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        end = time.process_time() + 0.5\n"
        "        while time.process_time() < end: pass\n"
        "        os._exit(0)\n"
        "    os.waitpid(child, 0)\n"
    )
    with asking(sandbox, SMALL) as learner:
        fate = learner.last(code)
    assert fate.kind == "out_of_time"
    assert fate.cpu_seconds < 6


def test_cpu_time_of_children_that_nobody_waits_for_counts(sandbox: Sandbox) -> None:
    """With SIGCHLD ignored the kernel drops the time of ended children; the supervisor has seen it."""
    code = (
        "import os, signal, time\n"
        "signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        "while True:\n"
        "    try: child = os.fork()\n"
        "    except OSError: child = None  # on a busy machine the earlier ones are still at it\n"
        "    if child == 0:\n"
        "        end = time.process_time() + 0.5\n"
        "        while time.process_time() < end: pass\n"
        "        os._exit(0)\n"
        "    time.sleep(0.6)\n"
    )
    with asking(sandbox, SMALL) as learner:
        fate = learner.last(code, 120)
    assert fate.kind == "out_of_time"


def test_waiting_is_not_cpu_time(sandbox: Sandbox) -> None:
    with asking(sandbox, SMALL) as learner:
        learner.ask("import time; time.sleep(0.3)")
        assert learner.session.cpu_seconds() < 0.3
        assert learner.session.fate().running


def test_one_process_that_wants_too_much_memory_gets_an_error(sandbox: Sandbox) -> None:
    with asking(sandbox, SMALL) as learner:
        with pytest.raises(RuntimeError, match="MemoryError"):
            learner.ask("hoard = bytearray(1 << 30)")
        assert learner.ask("result = 'still here'") == "still here"


MEMORY_BOMBS = {
    "children": (
        "import os, time\n"
        "for _ in range(8):\n"
        "    if os.fork() == 0:\n"
        "        hoard = bytearray(os.urandom(1)) * (128 << 20)\n"
        "        time.sleep(60)\n"
        "time.sleep(60)"
    ),
    "grandchildren": (
        "import os, time\n"
        "hoard = []\n"
        "while len(hoard) < 6:\n"
        "    if os.fork(): time.sleep(60)\n"
        "    hoard.append(bytearray(os.urandom(1)) * (64 << 20))\n"
        "time.sleep(60)"
    ),
}


@pytest.mark.parametrize("how", MEMORY_BOMBS)
def test_processes_that_together_want_too_much_memory(sandbox: Sandbox, how: str) -> None:
    with asking(sandbox, SMALL) as learner:
        fate = learner.last(MEMORY_BOMBS[how])
    assert fate.kind == "out_of_memory"
    assert "256 MiB" in str(fate)


def test_a_fork_bomb_hurts_nobody_else(sandbox: Sandbox) -> None:
    code = (
        "import os, ctypes\n"
        f"ctypes.CDLL(None).prctl(15, {BOMB.encode()!r}, 0, 0, 0)\n"
        "while True:\n"
        "    try: os.fork()\n"
        "    except OSError: pass\n"
    )
    with asking(sandbox) as neighbour, asking(sandbox, SMALL) as learner:
        learner.session.socket.settimeout(0.7)
        with pytest.raises((TimeoutError, ConnectionError)):
            learner.ask(code, timeout=0.7)
        bombs = len(alive(BOMB))
        assert 1 < bombs <= 200 or (bombs == 0 and "processes" in learner.session.fate(30).why)
        assert neighbour.ask("result = 2 + 2") == 4
        learner.session.close()
        assert alive(BOMB) == []


def test_threads_are_limited_too(sandbox: Sandbox) -> None:
    code = (
        "import threading, time\n"
        "result = 0\n"
        "try:\n"
        "    for _ in range(2000):\n"
        "        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        "        result += 1\n"
        "except RuntimeError: pass\n"
    )
    with asking(sandbox, SMALL) as learner:
        if sandbox.tier is Tier.FULL:
            assert learner.ask(code) < 16
        else:  # counted by looking
            assert "more than 16 processes and threads" in learner.last(code).why


@pytest.mark.parametrize("how", ["setsid", "two forks", "daemon"])
def test_no_process_outlives_its_session(sandbox: Sandbox, how: str) -> None:
    escape = {
        "setsid": "os.setsid()",
        "two forks": "\n    if os.fork(): os._exit(0)",
        "daemon": "\n    os.setsid()\n    if os.fork(): os._exit(0)\n    signal.signal(signal.SIGHUP, signal.SIG_IGN)",
    }[how]
    code = (
        "import os, time, ctypes, signal\n"
        "def attempt(what):\n"
        "    try: return what()\n"
        "    except OSError: return None\n"
        "if os.fork() == 0:\n"
        f"    ctypes.CDLL(None).prctl(15, {STRAY.encode()!r}, 0, 0, 0)\n"
        f"    {escape.replace('os.setsid()', 'attempt(os.setsid)')}\n"
        "    time.sleep(120)\n"
        "    os._exit(0)\n"
    )
    with asking(sandbox) as learner:
        learner.ask(code)
        assert becomes(1, STRAY)
        assert learner.session.close().kind == "closed"
        assert alive(STRAY) == []


def test_children_end_with_a_learner_that_leaves(sandbox: Sandbox) -> None:
    code = (
        "import os, time, ctypes\n"
        "if os.fork() == 0:\n"
        f"    ctypes.CDLL(None).prctl(15, {ORPHAN.encode()!r}, 0, 0, 0)\n"
        "    time.sleep(120)\n"
    )
    with asking(sandbox) as learner:
        learner.ask(code)
        assert becomes(1, ORPHAN)
        assert learner.last("os._exit(0)").kind == "exited"
        assert alive(ORPHAN) == []


def test_scratch_is_limited_in_bytes(sandbox: Sandbox) -> None:
    code = (
        "import time\n"
        "for number in range(64):\n"
        "    with open(f'{scratch}/{number}', 'wb') as file: file.write(b'x' * (1 << 20))\n"
        "time.sleep(60)"
    )
    with asking(sandbox, SMALL) as learner:
        if sandbox.tier is Tier.FULL:
            with pytest.raises(RuntimeError, match="No space left"):
                learner.ask(code)
        else:
            assert "scratch" in learner.last(code, 60).why


def test_scratch_is_limited_in_files(sandbox: Sandbox) -> None:
    code = "import time\nfor number in range(500): open(f'{scratch}/{number}', 'w').close()\ntime.sleep(60)"
    with asking(sandbox, SMALL) as learner:
        if sandbox.tier is Tier.FULL:
            with pytest.raises(RuntimeError, match="No space left"):
                learner.ask(code)
        else:
            assert "scratch" in learner.last(code, 60).why


HIDING_PLACES = {
    "a folder that may not be listed": "os.mkdir('closed', 0o300); os.chdir('closed')\n",
    "a folder deeper than a path can say": "for _ in range(25): os.mkdir('d' * 200); os.chdir('d' * 200)\n",
    "mappings of files without a name": "kept = []\n",
}


@pytest.mark.parametrize("place", HIDING_PLACES)
def test_scratch_is_limited_in_hiding_places_too(sandbox: Sandbox, place: str) -> None:
    """Written by children that are over before anybody looks, and for whom nobody waits: no count of them is kept."""
    code = (
        "import ctypes, os, signal, time\n"
        "signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        f"os.chdir(scratch)\n{HIDING_PLACES[place]}"
        "for number in range(64):\n"
        "    file = os.open(str(number), os.O_CREAT | os.O_RDWR)\n"
        "    if 'kept' in globals():\n"
        "        os.unlink(str(number))\n"
        "        kept.append(ctypes.CDLL(None).mmap(None, 4096, 1, 1, file, 0))\n"
        "    if os.fork() == 0:\n"
        "        try: os.write(file, b'x' * (1 << 20))\n"
        "        finally: os._exit(0)\n"
        "    os.close(file)\n"
        "    time.sleep(0.02)\n"
        "time.sleep(60)"
    )
    with asking(sandbox, SMALL) as learner:
        if sandbox.tier is Tier.FULL:
            with pytest.raises(RuntimeError, match="No space left"):
                learner.ask(code)
        else:
            assert "scratch" in learner.last(code, 60).why


def test_sockets_are_limited(sandbox: Sandbox) -> None:
    """What is sent and not read takes memory that counts as nobody's."""
    code = (
        "import os, socket, time\n"
        "for _ in range(8):\n"
        "    if os.fork() == 0: break\n"
        "kept = [socket.socketpair() for _ in range(100)]\n"
        "time.sleep(60)"
    )
    with asking(sandbox, Limits(sockets=1000)) as learner:
        assert "more than 1000 sockets" in learner.last(code, 60).why
    with asking(sandbox, Limits(sockets=1000)) as learner:
        few = "import socket, time\nkept = [socket.socketpair() for _ in range(100)]\ntime.sleep(1)"
        assert learner.ask(few) is None


def test_no_crash_starts_the_machines_handler(learner: Asker) -> None:
    """It is started, as root, where no core at all is allowed, and not where a core of one byte is."""
    code = (
        "import resource\nresult = [resource.getrlimit(resource.RLIMIT_CORE)]\n"
        "try: resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
        "except (OSError, ValueError) as error: result.append(type(error).__name__)\n"
        "result.append(resource.getrlimit(resource.RLIMIT_CORE))"
    )
    before, refused, after = learner.ask(code)
    assert before == after == [1, 1]
    assert refused in ("PermissionError", "ValueError")


def test_one_file_is_limited(sandbox: Sandbox) -> None:
    with asking(sandbox, Limits(file_mib=1)) as learner, pytest.raises(RuntimeError, match="File too large"):
        learner.ask("open(scratch + '/big', 'wb').write(b'x' * (2 << 20))")


def test_shared_memory_is_private_and_limited(sandbox: Sandbox) -> None:
    mark = Path(f"/dev/shm/tl-test-outside-{os.getpid()}")
    mark.touch()
    try:
        with asking(sandbox, Limits(shared_mib=4)) as learner:
            code = "import os\ntry: result = os.listdir('/dev/shm')\nexcept OSError: result = []"
            assert learner.ask(code) == []
            with pytest.raises(RuntimeError, match="No space left|Permission denied"):
                learner.ask("open('/dev/shm/big', 'wb').write(b'x' * (8 << 20))")
    finally:
        mark.unlink()


def test_open_files_are_limited(sandbox: Sandbox) -> None:
    code = (
        "import os\nopened = []\ntry:\n    while True: opened.append(os.dup(0))\nexcept OSError: result = len(opened)"
    )
    with asking(sandbox, Limits(open_files=64)) as learner:
        assert learner.ask(code) < 64


def test_hostile_scratch_folders_are_removed(sandbox: Sandbox) -> None:
    """A chain of folders deeper than recursion goes, and one that may not be read."""
    code = (
        "import os\nos.mkdir('locked', 0o000)\n"
        "for _ in range(1500): os.mkdir('d'); os.chdir('d')\n"
        "open('file', 'w').close()"
    )
    with asking(sandbox) as learner, suppress(ConnectionError):  # a folder that nobody can look into ends the session
        learner.ask(code)
    scratches = sandbox._fork_server._launched.stage.path / "scratch"
    end = time.monotonic() + 60  # this one's, and what earlier sessions left to be cleared away
    while list(scratches.iterdir()) and time.monotonic() < end:
        time.sleep(0.02)
    assert list(scratches.iterdir()) == []


def test_usage_is_reported(sandbox: Sandbox) -> None:
    with asking(sandbox) as learner:
        learner.ask("import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass")
        assert 0.25 < learner.session.cpu_seconds() < 1.5
        fate = learner.session.close()
    assert 0.25 < fate.cpu_seconds < 1.5
    assert fate.peak_mib > 5
    assert learner.session.cpu_seconds() == fate.cpu_seconds
