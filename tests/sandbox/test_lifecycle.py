"""Many sessions at once, and what happens when a part of the machinery is killed."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from asking import TIERS, Asker, asking, make_sandbox

from grader.sandbox import Sandbox, SandboxError


@pytest.fixture(params=[tier.value for tier in TIERS])
def own(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A sandbox that a test may break; every tier, `none` too."""
    with make_sandbox(request.param) as started:
        yield started


def gone(pid: int, within: float = 30.0) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        try:
            if " Z " in Path(f"/proc/{pid}/stat").read_text():
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


def kill(pid: int | None) -> None:
    """Kill one process, which must be known: 0 would be every process of this group, pytest and make among them."""
    assert pid
    os.kill(pid, signal.SIGKILL)


def test_sessions_are_independent(own: Sandbox) -> None:
    with asking(own) as first, asking(own) as second:
        first.ask("value = 1")
        with pytest.raises(RuntimeError, match="NameError"):
            second.ask("result = value")
        first.last("import os; os._exit(3)")
        assert second.ask("result = 2") == 2


def test_many_sessions_from_many_threads(own: Sandbox) -> None:
    answers: list[int] = []
    mistakes: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for round_ in range(5):
                with asking(own) as learner:
                    answers.append(learner.ask(f"result = {number} * 100 + {round_}"))
        except BaseException as error:
            mistakes.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert mistakes == []
    assert sorted(answers) == [number * 100 + round_ for number in range(6) for round_ in range(5)]


def test_a_killed_fork_server_is_replaced(own: Sandbox) -> None:
    with asking(own) as learner:
        kill(own.fork_server_pid)
        fate = learner.session.fate(30)
        assert fate.vanished
        assert "fork server" in fate.why
    with asking(own) as learner:
        assert learner.ask("result = 'again'") == "again"
    assert own.restarts == 1


def test_learners_do_not_outlive_their_fork_server(own: Sandbox) -> None:
    with asking(own) as learner:
        top = learner.session.pid
        assert top is not None and not gone(top, 0.1)
        kill(own.fork_server_pid)
        assert learner.session.fate(30).vanished
        assert gone(top)


def test_a_killed_supervisor_is_nobodys_fault(own: Sandbox) -> None:
    with asking(own) as learner, asking(own) as neighbour:
        kill(learner.session.pid)
        assert learner.session.fate(30).vanished
        assert neighbour.ask("result = 5") == 5
    assert own.restarts == 0


def test_the_number_of_restarts_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.sandbox.sandbox._RESTARTS", 1)
    with make_sandbox("best") as sandbox:
        for attempt in range(2):
            with asking(sandbox) as learner:
                kill(sandbox.fork_server_pid)
                assert learner.session.fate(30).vanished
            assert sandbox.restarts == attempt
        with pytest.raises(SandboxError, match="died 2 times"):
            sandbox.session()


def test_a_fork_server_started_from_a_thread_survives_the_thread(own: Sandbox) -> None:
    """bwrap --die-with-parent follows the thread that started it, not the process."""
    sessions = []

    def kill_and_reopen() -> None:
        kill(own.fork_server_pid)
        time.sleep(0.2)
        sessions.append(own.session())

    thread = threading.Thread(target=kill_and_reopen)
    thread.start()
    thread.join()
    time.sleep(0.2)
    with sessions[0] as session:
        assert Asker(session).ask("result = 1") == 1


def test_closing_leaves_nothing(own: Sandbox) -> None:
    session = own.session()
    pid, fork_server = session.pid, own.fork_server_pid
    stage = own._fork_server._launched.stage.path
    own.close()
    assert not session.fate().running
    assert pid is not None and fork_server is not None
    assert gone(pid) and gone(fork_server)
    assert not stage.exists()
    with pytest.raises(SandboxError, match="closed"):
        own.session()


def test_closing_a_session_twice_is_fine(own: Sandbox) -> None:
    session = own.session()
    assert session.close().kind == "closed"
    assert session.close().kind == "closed"


def test_the_grader_killed_leaves_nothing(own: Sandbox) -> None:
    """A second process plays the grader and is killed; everything that it started must go."""
    import subprocess
    import sys

    code = (
        "import sys, time\n"
        f"sys.path[:0] = [{str(Path(__file__).parents[2])!r}, {str(Path(__file__).parent)!r}]\n"
        "from asking import make_sandbox\n"
        f"sandbox = make_sandbox({own.tier.value!r}).start()\n"
        "session = sandbox.session()\n"
        "print(sandbox.fork_server_pid, session.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    grader = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert grader.stdout is not None
    pids = [int(word) for word in grader.stdout.readline().split()]
    assert len(pids) == 2
    grader.kill()
    grader.wait()
    assert all(gone(pid) for pid in pids)
    grader.stdout.close()
