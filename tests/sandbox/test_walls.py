"""What learner code cannot reach, in every tier that protects."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyseccomp
import pytest
from asking import Asker, asking

from grader.sandbox import Sandbox, Tier
from grader.sandbox.visible import whats_visible

CHECKOUT = Path(__file__).parents[2]
Refused = Callable[[str], str]


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_ALG"])
def test_no_socket_of_another_family(refused: Refused, family: str) -> None:
    assert "PermissionError" in refused(f"import socket; socket.socket(socket.{family}, socket.SOCK_RAW)")


def test_a_listening_server_of_this_machine_is_out_of_reach(refused: Refused) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        refused(f"import socket; socket.create_connection(('127.0.0.1', {port}), timeout=2)")
        server.settimeout(0.1)
        with pytest.raises(TimeoutError):
            server.accept()


def test_an_abstract_socket_of_this_machine_is_out_of_reach(refused: Refused) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        name = f"\0tl-test-abstract-{os.getpid()}"
        server.bind(name)
        server.listen()
        refused(f"import socket; s = socket.socket(socket.AF_UNIX); s.connect({name!r})")


def test_socket_pairs_work(learner: Asker) -> None:
    code = "import socket; a, b = socket.socketpair(); a.sendall(b'x'); result = b.recv(1).decode()"
    assert learner.ask(code) == "x"


@pytest.mark.parametrize(
    "path",
    [
        CHECKOUT / "pyproject.toml",
        CHECKOUT / "grader" / "__init__.py",
        CHECKOUT / "grader" / "sandbox" / "sandbox.py",
        Path("/etc/shadow"),
        *(path for path in (Path("/etc/hostname"), Path("/etc/machine-id")) if path.exists()),
        Path("/proc/1/environ"),
        pytest.param(Path(f"/proc/{os.getpid()}/environ"), id="/proc/that of the grader/environ"),
        pytest.param(Path(f"/proc/{os.getpid()}/cmdline"), id="/proc/that of the grader/cmdline"),
        pytest.param(Path(f"/proc/{os.getpid()}/maps"), id="/proc/that of the grader/maps"),
    ],
    ids=str,
)
def test_files_that_cannot_be_read(learner: Asker, refused: Refused, path: Path) -> None:
    assert path.exists()
    assert refused(f"open({str(path)!r}, 'rb').read()").startswith(("PermissionError", "FileNotFoundError", "Process"))


@pytest.mark.parametrize(
    "folder", [CHECKOUT / "grader", CHECKOUT / "tests", Path("/root"), Path("/home"), Path("/var")]
)
def test_folders_that_cannot_be_listed(learner: Asker, folder: Path) -> None:
    code = f"import os\ntry: result = os.listdir({str(folder)!r})\nexcept OSError: result = []"
    # Where Python lives in somebody's home, the folders on the way to it exist, and nothing else in them.
    trees = [Path(tree) for tree in whats_visible().trees]
    on_the_way = {tree.relative_to(folder).parts[0] for tree in trees if folder in tree.parents}
    assert set(learner.ask(code)) <= on_the_way


def test_closed_parts_cannot_be_imported(refused: Refused) -> None:
    for module in ("grader", "grader.sandbox", "tlcore.reference", "tlcore.misconceptions"):
        assert "ModuleNotFoundError" in refused(f"import {module}")


def test_nothing_closed_lies_anywhere_on_the_path(learner: Asker) -> None:
    code = (
        "import os, sys\nresult = []\n"
        "for place in sys.path:\n"
        "    for name in ('grader', 'tlcore/reference', 'tlcore/misconceptions'):\n"
        "        folder = os.path.join(place, name)\n"
        "        try: result += os.listdir(folder)\n"
        "        except OSError: pass\n"
    )
    assert learner.ask(code) == []


def test_the_open_part_can_be_imported(learner: Asker) -> None:
    assert learner.ask("import tlcore; result = tlcore.__name__") == "tlcore"


def test_nothing_of_the_environment_leaks(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> None:
    monkeypatch.setenv("TL_TEST_CANARY", "canary-5417")
    fresh = Sandbox(sandbox.tier.value, preload=(), server="exec_server:serve", extra=sandbox._what[2])
    with fresh, asking(fresh) as learner:
        seen = learner.ask("import os; result = [dict(os.environ), open('/proc/self/environ').read()]")
        assert "canary-5417" not in repr(seen)
        assert "LD_PRELOAD" not in seen[0]
        assert (seen[0]["HF_HUB_OFFLINE"], seen[0]["OMP_NUM_THREADS"]) == ("1", "1")
        assert seen[0]["HOME"].endswith("/home")


def test_a_neighbours_scratch_is_out_of_reach(sandbox: Sandbox) -> None:
    with asking(sandbox) as first, asking(sandbox) as second:
        first.ask("open(scratch + '/secret', 'w').write('neighbour-2210')")
        path = first.ask("result = scratch")
        code = (
            "import os\nresult = []\n"
            f"for path in ({path!r} + '/secret', scratch + '/secret', scratch + '/../../s1/work/secret'):\n"
            "    try: result.append(open(path).read())\n"
            "    except OSError: pass\n"
        )
        assert second.ask(code) == []
        assert first.ask("result = open(scratch + '/secret').read()") == "neighbour-2210"


def test_nothing_is_left_for_the_next(sandbox: Sandbox) -> None:
    write = (
        "import os\nleft = []\n"
        "for folder in (scratch, os.environ['HOME'], os.environ['TMPDIR'], '/tmp', '/dev/shm', '/var/tmp'):\n"
        "    try: open(folder + '/left-behind', 'w').write('x'); left.append(folder)\n"
        "    except OSError: pass\n"
        "result = left\n"
    )
    with asking(sandbox) as first:
        assert len(first.ask(write)) >= 3
    with asking(sandbox) as second:
        code = (
            "import os\n"
            "places = (scratch, os.environ['HOME'], os.environ['TMPDIR'], '/tmp', '/dev/shm', '/var/tmp')\n"
            "result = [place for place in places if os.path.exists(place + '/left-behind')]"
        )
        assert second.ask(code) == []


@pytest.mark.parametrize("folder", ["/usr/lib", "/usr/bin", "/opt/tl", "/opt/tl/inside", "/etc", "/", "/proc/self"])
def test_the_system_cannot_be_written(learner: Asker, refused: Refused, folder: str) -> None:
    refused(f"open({folder!r} + '/planted', 'w')")
    refused(f"import os; os.symlink('/tmp', {folder!r} + '/planted')")


def test_the_sandboxs_own_code_cannot_be_changed(learner: Asker) -> None:
    code = (
        "import exec_server, os\npath, result = exec_server.__file__, []\n"
        "for attempt in (lambda: open(path, 'a'), lambda: os.remove(path), lambda: os.truncate(path, 0),\n"
        "                lambda: os.rename(path, path + 'x'), lambda: os.link(path, scratch + '/link')):\n"
        "    try: attempt(); result.append('worked')\n"
        "    except OSError as error: pass\n"
    )
    assert learner.ask(code) == []


def test_chmod_reaches_nothing_outside(learner: Asker, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.touch(mode=0o644)
    code = f"import os\ntry: os.chmod({str(target)!r}, 0o777)\nexcept OSError: pass"
    learner.ask(code)
    assert target.stat().st_mode & 0o777 == 0o644


def test_copying_files_works(learner: Asker) -> None:
    """shutil.copy ends with a chmod; a right answer that uses it must not fail."""
    code = (
        "import shutil\nopen(scratch + '/a', 'w').write('kept')\nshutil.copy2(scratch + '/a', scratch + '/b')\n"
        "result = open(scratch + '/b').read()"
    )
    assert learner.ask(code) == "kept"


def test_processes_outside_cannot_be_signalled(learner: Asker) -> None:
    """The victim runs as the same user where that is possible, so that only the sandbox stands between."""
    victim = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"])
    try:
        # In a container the parent may be 1, whose group means everybody: the kernel says that it worked even where it
        # refused each of them. What becomes of everybody is looked at below.
        pids = [victim.pid, os.getpid(), os.getppid(), learner.session.pid]
        code = (
            "import os, signal\nresult = []\n"
            f"for pid in {pids!r}:\n"
            "    for send in (os.kill, os.killpg)[: 1 if pid == 1 else 2]:\n"
            "        for number in (0, signal.SIGTERM, signal.SIGKILL):\n"
            "            try: send(pid, number); result.append([pid, send.__name__, int(number)])\n"
            "            except OSError: pass\n"
        )
        assert learner.ask(code) == []
        time.sleep(0.05)
        assert victim.poll() is None
    finally:
        victim.kill()
        victim.wait()


def test_its_supervisor_cannot_be_killed_stopped_or_limited(learner: Asker) -> None:
    code = (
        "import os, signal, resource\nsupervisor, result = os.getppid(), []\n"
        "for attempt in (\n"
        "    lambda: resource.prlimit(supervisor, resource.RLIMIT_CPU, (1, 1)),\n"
        "    lambda: os.sched_setaffinity(supervisor, {0}),\n"
        "    lambda: open(f'/proc/{supervisor}/mem', 'r+b'),\n"
        "    lambda: open(f'/proc/{supervisor}/environ').read(),\n"
        "    lambda: os.listdir(f'/proc/{supervisor}/fd'),\n"
        "):\n"
        "    try: result.append(repr(attempt()))\n"
        "    except OSError: pass\n"
        "for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGINT, signal.SIGSEGV):\n"
        "    try: os.kill(supervisor, number)\n"
        "    except OSError: pass\n"
    )
    assert learner.ask(code) == []
    time.sleep(0.2)
    assert learner.session.fate().running
    assert learner.session.cpu_seconds() >= 0
    assert learner.session.close().kind == "closed"


def test_a_signal_to_everybody_reaches_its_own_only(sandbox: Sandbox) -> None:
    with asking(sandbox) as neighbour, asking(sandbox) as learner:
        code = (
            "import os, signal, time\nchild = os.fork()\n"
            "if child == 0: time.sleep(60)\n"
            "os.kill(-1, signal.SIGKILL)\nresult = os.WTERMSIG(os.waitpid(child, 0)[1])"
        )
        assert learner.ask(code) == 9
        assert neighbour.ask("result = 1") == 1
        assert learner.ask("result = 2") == 2


SYSTEM_CALLS = {
    "unshare": [0x10000000],
    "clone": [0x10000000 | 17, 0, 0, 0, 0],
    "clone3": [0, 0],
    "mount": [0, 0, 0, 0, 0],
    "ptrace": [16, 1, 0, 0],
    "process_vm_readv": [1, 0, 0, 0, 0, 0],
    "bpf": [0, 0, 0],
    "perf_event_open": [0, 0, -1, -1, 0],
    "io_uring_setup": [1, 0],
    "userfaultfd": [0],
    "keyctl": [0, 0],
    "memfd_create": [0, 0],
    "shmget": [0, 4096, 0o1600],
    "setns": [0, 0],
    "open_by_handle_at": [0, 0, 0],
    "kexec_load": [0, 0, 0, 0],
    "finit_module": [0, 0, 0],
    "prlimit64": [1, 0, 0, 0],
    "vmsplice": [0, 0, 0, 0],
    "io_setup": [0, 0],
    "setrlimit": [4, 0],
}


@pytest.mark.parametrize("name", SYSTEM_CALLS)
def test_system_calls_that_are_refused(learner: Asker, name: str) -> None:
    """By number, as an attacker would: the answer is EPERM (1) or ENOSYS (38), before any argument is looked at."""
    call = [pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name), *SYSTEM_CALLS[name]]
    code = (
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        f"answer = libc.syscall(*[ctypes.c_long(word) for word in {call!r}])\n"
        "result = [answer, ctypes.get_errno()]"
    )
    answer, errno = learner.ask(code)
    assert answer == -1
    assert errno in (1, 38)


def test_no_privileges_are_left(learner: Asker) -> None:
    status = learner.ask("result = open('/proc/self/status').read()")
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert int(fields["CapEff"], 16) == int(fields["CapPrm"], 16) == 0
    assert (fields["NoNewPrivs"], fields["Seccomp"]) == ("1", "2")


def test_only_its_own_socket_is_open(learner: Asker) -> None:
    code = (
        "import os\nresult = {}\n"
        "for name in os.listdir('/proc/self/fd'):\n"
        "    try: result[name] = os.readlink('/proc/self/fd/' + name)\n"
        "    except OSError: pass\n"
    )
    opened = learner.ask(code)
    assert {opened.pop(standard) for standard in "012"} == {"/dev/null"}
    assert [target.split(":")[0] for target in opened.values()] == ["socket"]


def test_full_tier_sees_only_its_own_processes(sandbox: Sandbox, learner: Asker) -> None:
    code = "import os\ntry: result = [p for p in os.listdir('/proc') if p.isdigit()]\nexcept OSError: result = []"
    assert set(learner.ask(code)) == ({"1", "2"} if sandbox.tier is Tier.FULL else set())


def test_signal_handlers_are_those_of_a_fresh_python(learner: Asker) -> None:
    code = (
        "import signal\nresult = [signal.getsignal(n).__class__.__name__ + str(signal.getsignal(n)) for n in"
        " (signal.SIGTERM, signal.SIGCHLD, signal.SIGALRM)] + [signal.getsignal(signal.SIGINT).__name__]"
    )
    *defaults, interrupt = learner.ask(code)
    assert all("SIG_DFL" in text or "Handlers0" in text for text in defaults)
    assert interrupt == "default_int_handler"
