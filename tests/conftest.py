"""Property tests say nothing about the machine: on a busy one, examples are made and tried slowly.

And no test leaves torch as it should not find it, or finds expected values that another one kept.
"""

import os
from collections.abc import Iterator

import pytest
import torch
from hypothesis import HealthCheck, settings

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


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What `make test` deals out to the cores (`--dist loadgroup`): a file at a time, for its tests share what is dear.

    Long files are parted: attacks by the tier, questions by the question.
    """
    for item in items:
        parameters = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        parted = "-".join(str(parameters[name]) for name in ("arena", "exercise", "question") if name in parameters)
        item.add_marker(pytest.mark.xdist_group(f"{item.path.name}-{parted}"))
