"""Which column of a gradebook is which exercise: by its name, or as the instructor says."""

import re
from collections.abc import Mapping, Sequence

from .errors import ExportError

#: Words that a heading may have round an exercise's name and that tell nothing of which one it is.
_FILLER = frozenset("notebook notebooks exercise exercises assignment lab problem set homework hw nb ex the".split())
_ID = re.compile(r"\s*\((\d+)\)\s*$")


def places(
    exercises: Sequence[str], headings: Mapping[int, str], said: Mapping[str, str]
) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """The column of each exercise, and (exercise, why) for each that has none: absent or ambiguous, never guessed.

    headings: number of the column -> heading, of the columns that can be filled. said: exercise -> heading, as the
    instructor wrote it: whole, without its number in brackets, or that number alone. Raises ExportError where what was
    said is not there, or where two exercises would go into one column.
    """
    taken: dict[str, int] = {}
    lost: list[tuple[str, str]] = []
    for exercise in exercises:
        if exercise in said:
            taken[exercise] = _as_said(exercise, said[exercise], headings)
            continue
        found = [column for column, heading in headings.items() if matches(exercise, heading)]
        if len(found) == 1:
            taken[exercise] = found[0]
        elif found:
            lost.append((exercise, "more than one column: " + ", ".join(repr(headings[each]) for each in found)))
        else:
            lost.append((exercise, "no column has its name"))
    for exercise, column in taken.items():
        others = [other for other, place in taken.items() if place == column and other != exercise]
        if others:
            raise ExportError(f"{exercise} and {others[0]} would both go into the column {headings[column]!r}")
    return taken, lost


def matches(exercise: str, heading: str) -> bool:
    """Whether a heading is an exercise's name: `02_feature_extraction` is "Feature extraction (123456)", "Notebook 2:
    Feature Extraction" and "02_feature_extraction", but not "Feature extraction, part 2" or "3 Feature extraction"."""
    ours, theirs = _words(exercise), _words(_ID.sub("", heading))
    if ours and ours[0].isdigit() and theirs and not theirs[0].isdigit():
        ours = ours[1:]
    return bool(ours) and ours == theirs


def _words(text: str) -> list[str]:
    words = [word for word in re.split(r"[\W_]+", text.casefold()) if word and word not in _FILLER]
    return [str(int(word)) if word.isdecimal() and len(word) < 10 else word for word in words]


def _as_said(exercise: str, text: str, headings: Mapping[int, str]) -> int:
    wanted = text.strip()
    forms = (
        lambda heading: heading.strip(),
        lambda heading: _ID.sub("", heading).strip(),
        lambda heading: (_ID.search(heading) or [None, None])[1],
    )
    for form in forms:
        found = [column for column, heading in headings.items() if form(heading) == wanted]
        if len(found) == 1:
            return found[0]
        if found:
            raise ExportError(f"{exercise}: {len(found)} columns are called {wanted!r}; give the number in brackets")
    raise ExportError(
        f"{exercise}: no column that can be filled is called {wanted!r}; there are "
        + (", ".join(repr(heading) for heading in headings.values()) or "none")
    )
