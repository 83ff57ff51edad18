"""A wrong earlier answer costs its own question only: what is asked again with a sound part in its place."""

from __future__ import annotations

from collections.abc import Sequence

from grader.hidden.registry import HiddenTest
from grader.judging.trace import Trace


def parts_in_question(tests: Sequence[HiddenTest], traces: Sequence[Trace]) -> tuple[str, ...]:
    """The earlier answers on which failing tests build, each once."""
    failing = [test for test, seen in zip(tests, traces, strict=True) if not seen.passed]
    return tuple(dict.fromkeys(name for test in failing for name in test.stand_ins))


def better_of(own: Sequence[Trace], with_sound_parts: Sequence[Trace]) -> list[Trace] | None:
    """Test by test the better trace; None where sound parts change nothing."""
    if sum(t.passed for t in with_sound_parts) <= sum(t.passed for t in own):
        return None
    return [new if new.passed else old for new, old in zip(with_sound_parts, own, strict=True)]
