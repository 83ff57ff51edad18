"""Sandboxes for these tests: one bare fork server (no torch) a tier, running the stand-in server of exec_server.py.

A test that takes `sandbox` runs once in every tier that protects and works on this machine.
"""

from collections.abc import Callable, Iterator

import pytest
from asking import PROTECTING, Asker, asking, make_sandbox

from grader.sandbox import Sandbox


@pytest.fixture(scope="session", params=PROTECTING)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with make_sandbox(request.param) as started:
        yield started


@pytest.fixture
def learner(sandbox: Sandbox) -> Iterator[Asker]:
    with asking(sandbox) as asker:
        yield asker


@pytest.fixture
def refused(learner: Asker) -> Callable[[str], str]:
    """Runs code that must fail inside, and gives the error's text."""

    def run(code: str) -> str:
        with pytest.raises(RuntimeError) as caught:
            learner.ask(code)
        return str(caught.value)

    return run
