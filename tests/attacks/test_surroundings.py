"""The way to try the attacks elsewhere works: a few of them, as somebody else and in containers."""

import pytest
from arena import TIERS
from surroundings import SURROUNDINGS, try_in

FEW = "ending_os_exit or reading_disk or killing_others or objects_always_equal"


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in SURROUNDINGS if name != "here"])
def test_attacks_are_stopped_elsewhere_too(name: str) -> None:
    report = try_in(name, FEW)
    assert report.failures == report.problems == []
    expected = set(SURROUNDINGS[name].tiers) & set(TIERS)
    assert set(report.outcomes) == set(report.tiers) == expected
    # Five, because killing_by_... and killing_others are two of them, and ending_os_exit_in_the_cell is another.
    assert {tier: dict(counts) for tier, counts in report.outcomes.items()} == {t: {"stopped": 5} for t in expected}
    for tier in {"full", "reduced"} - expected:
        assert f"isolation {tier!r} is not available on this machine" in report.refused[tier]
