"""One arena a tier, for all attacks: its sandbox stays warm."""

from collections.abc import Iterator

import pytest
from arena import TIERS, Arena, Outcome


@pytest.fixture(scope="session", params=TIERS)
def arena(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    with Arena(request.param, tmp_path_factory.mktemp("arena", numbered=True)) as started:
        yield started


@pytest.fixture(scope="session")
def undisturbed() -> dict[tuple[str, str], Outcome]:
    """The honest learner's result before any attack, by tier and question; filled on first use."""
    return {}
