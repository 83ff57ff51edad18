"""Sessions without a fork server, as on macOS and Windows; run here on Linux, with the fork switched off."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from asking import asking, make_sandbox

from grader.sandbox import Limits, Sandbox, SandboxError, Tier


@pytest.fixture
def cold(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    monkeypatch.setattr("grader.sandbox.sandbox._FORKS_SAFELY", False)
    monkeypatch.setenv("TL_TEST_CANARY", "canary-7718")
    with make_sandbox("none") as started:
        yield started


def lives(pid: int) -> bool:
    """Whether it runs; the first process of some containers leaves the dead of others lying about for ever."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_session(cold: Sandbox) -> None:
    assert cold.tier is Tier.NONE
    with asking(cold) as first, asking(cold) as second:
        first.ask("value = 1; open('mine', 'w').close()")
        assert second.ask("import os; result = os.listdir('.')") == []
        assert "canary-7718" not in first.ask("import os; result = repr(os.environ)")
        assert Path(first.ask("import os; result = os.environ['HOME']")).name == "home"
        assert first.session.close().kind == "closed"
        assert second.ask("result = 2") == 2


def test_fates(cold: Sandbox) -> None:
    with asking(cold) as learner:
        fate = learner.last("import os; os._exit(4)")
        assert (fate.kind, fate.code) == ("exited", 4)
    with asking(cold) as learner:
        assert learner.last("import os; os.kill(os.getpid(), 9)").kind == "signalled"
    with asking(cold, Limits(cpu_seconds=1)) as learner:
        assert learner.last("while True: pass").kind == "out_of_time"


def test_cpu_time(cold: Sandbox) -> None:
    with asking(cold) as learner:
        learner.ask("import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass")
        assert 0.2 < learner.session.cpu_seconds() < 3


def test_closing_ends_children_and_removes_scratch(cold: Sandbox) -> None:
    with asking(cold) as learner:
        code = "import os, time\nresult = [os.fork(), scratch]\nif result[0] == 0: time.sleep(60)"
        child, scratch = learner.ask(code)
        learner.session.close()
        assert not Path(scratch).exists()
    end = time.monotonic() + 30
    while lives(child) and time.monotonic() < end:
        time.sleep(0.02)
    assert not lives(child)


def test_a_server_that_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.sandbox.sandbox._FORKS_SAFELY", False)
    with Sandbox("none", server="no_such_module:serve") as sandbox, pytest.raises(SandboxError, match="ended at once"):
        sandbox.session()
