"""Property tests say nothing about the machine: on a busy one, examples are made and tried slowly.

And no test leaves torch as it should not find it, or finds expected values that another one kept.
"""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

os.environ["TL_CACHE"] = ""  # nothing is kept, unless a test says where


@pytest.fixture(autouse=True)
def gradients_are_on_afterwards() -> Iterator[None]:
    """An answer that switches gradients off for ever fails the test that ran it, not all that come after."""
    yield
    recorded = torch.is_grad_enabled()
    torch.set_grad_enabled(True)
    assert recorded, "this test leaves gradients switched off"


class InParts(LoadScopeScheduling):
    """What `make test` deals out to the cores: a file at a time, for its tests share what is dear to make.

    The questions are parted, for they take longest.
    """

    PARTS = (r"tests/questions/.*\[.*(\d\d_\w+-\w+)\]$",)

    def _split_scope(self, nodeid: str) -> str:
        parts = [match[1] for match in (re.match(part, nodeid) for part in self.PARTS) if match]
        return "-".join([nodeid.partition("::")[0], *parts])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> InParts:
    return InParts(config, log)
