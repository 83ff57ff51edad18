"""The class of a dozen that most faults are tried on, and its results when nothing disturbs it."""

from pathlib import Path
from typing import Any

import pytest
from classes import finish, leftovers, records, results, start, write_class

DOZEN = 12


@pytest.fixture(scope="session")
def dozen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The submissions of twelve learners."""
    return write_class(tmp_path_factory.mktemp("dozen"), DOZEN)


@pytest.fixture(scope="session")
def quiet(dozen: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What they get when nothing happens."""
    out = tmp_path_factory.mktemp("quiet")
    finish(start(dozen, out))
    found = results(out)
    assert len(found) == len(records(out)) == DOZEN
    assert len({points for _, points, _ in found.values()}) == 3
    assert leftovers(out) == []
    return found
