"""What hidden tests about negative transfer need beside the answer: a log that can be looked at again, candidates."""

from __future__ import annotations

from typing import Any

from . import tool


@tool
def log_kept(results: dict[str, Any]) -> dict[str, Any]:
    """A log of runs that stays where it is (`.kept`)."""
    return results


@tool
def log_now(results: dict[str, Any]) -> dict[str, Any]:
    """What a log holds now."""
    return results
