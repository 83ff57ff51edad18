"""A wrong earlier answer costs its own question only: what is asked again with a sound part in its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from grader.hidden.registry import HiddenTest
from grader.judging.stand_ins import STAND_INS
from grader.judging.trace import Trace, alike


def parts_in_question(
    tests: Sequence[HiddenTest], traces: Sequence[Trace], named: Iterable[str] = ()
) -> tuple[str, ...]:
    """The earlier answers on which failing tests build, each once; and those which the answer itself names (`named`).

    All or none, because a sound `inject_lora` knows only the sound `LoRALinear`. One with full marks counts, too: there
    are mistakes that only a later question brings out. `traces` is empty where the process was lost.
    """
    failing = [test for at, test in enumerate(tests) if not traces or not traces[at].passed]
    if not failing:
        return ()
    return tuple(dict.fromkeys([*(name for test in failing for name in test.stand_ins), *named]))


def named_in(source: str, earlier: Iterable[str]) -> list[str]:
    """Which of the `earlier` answers' names a learner's answer mentions, of those that a sound part can stand in for.

    Nobody asked for it, but whoever has written `freeze` may well use it again.
    """
    return [name for name in earlier if name in STAND_INS and re.search(rf"(?<![\w.]){name}\b", source)]


def its_own_failure(parts: Collection[str], sound: Collection[str], explained: bool) -> bool:
    """Whether no earlier answer is to blame: all that it builds on have full marks (`sound`), and a misconception of
    this very question explains what was seen."""
    return set(parts) <= set(sound) and explained


def better_of(own: Sequence[Trace], with_sound_parts: Sequence[Trace], suspected: bool = True) -> list[Trace] | None:
    """Test by test what tells most of this answer; None where sound parts change nothing.

    What fails with sound parts, too, is the answer's own failure: that is what is told and diagnosed. Without a reason
    to suspect its own earlier parts (`suspected`), sound ones have to gain something.
    """
    if not own:
        return list(with_sound_parts)
    gained = sum(t.passed for t in with_sound_parts) - sum(t.passed for t in own)
    seen = any(t.observations for t in with_sound_parts)
    if gained < 0 or (gained == 0 and (not suspected or not seen or all(map(alike, with_sound_parts, own)))):
        return None
    return [old if old.passed else new for new, old in zip(with_sound_parts, own, strict=True)]
