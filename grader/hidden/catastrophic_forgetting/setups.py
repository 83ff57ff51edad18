"""Set-ups that several questions of catastrophic_forgetting share."""

from __future__ import annotations

from typing import Any, NoReturn


def not_so(expect: Any, wanted: str) -> NoReturn:
    """End a test that cannot go on, with a property that does not hold. Raises TypeError."""
    expect.that(False, wanted)
    raise TypeError(wanted)
