"""A stranger's YAML, read in bounded memory and time: single values with the paths to them, and nothing is built.

Gradescope's metadata holds what learners' programs printed. Events, one after the other, need no recursion however deep
it nests, and an alias (which could stand for a billion others) is never followed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

MAX_BYTES = 64 * 2**20
DEEPEST = 100
"""Levels of nesting that are read on through; a result of tests has about six."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the first is in C, where PyYAML was built with it


class BadMetadata(Exception):
    """It is no YAML, or nests too deeply."""


@dataclass
class _Level:
    """A mapping or a sequence that is being read."""

    mapping: bool
    at: str | int | None = None
    """The key, or the place."""
    key_is_read: bool = False

    def next(self) -> None:
        """A value has ended; or, in a mapping, a key that is not a word."""
        if self.mapping:
            self.key_is_read = not self.key_is_read
            self.at = None
        else:
            self.at = self.at + 1 if isinstance(self.at, int) else 0


def scalars(data: bytes) -> Iterator[tuple[tuple[str | int | None, ...], str]]:
    """Each single value of a YAML document with the keys and places that lead to it. Raises BadMetadata."""
    levels: list[_Level] = []
    try:
        for event in yaml.parse(data, Loader=_LOADER):
            if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                mapping = isinstance(event, yaml.MappingStartEvent)
                levels.append(_Level(mapping, None if mapping else 0))
                if len(levels) > DEEPEST:
                    raise BadMetadata("it nests too deeply")
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                levels.pop()
                if levels:
                    levels[-1].next()
            elif isinstance(event, (yaml.ScalarEvent, yaml.AliasEvent)) and levels:
                value = event.value if isinstance(event, yaml.ScalarEvent) else ""
                if levels[-1].mapping and not levels[-1].key_is_read:
                    levels[-1].at, levels[-1].key_is_read = value, True
                    continue
                yield tuple(level.at for level in levels), value
                levels[-1].next()
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise BadMetadata(f"it is no YAML ({type(error).__name__})") from None
