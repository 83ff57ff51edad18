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
