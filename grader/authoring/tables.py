"""Tables of exercises in the project's pages: what stands between two marks is written by `tl build`.

<!-- exercises: written by `tl build` -->
...
<!-- end of exercises -->
"""

import re
from collections.abc import Sequence
from pathlib import Path

from grader.exercise.model import Exercise

PAGES = ("README.md",)
"""The pages of a checkout that have such a table."""

_BETWEEN = re.compile(r"(<!-- exercises: [^>]*-->\n).*?(<!-- end of exercises -->)", re.DOTALL)


def pages(root: Path) -> list[Path]:
    """The pages that are there and have the marks."""
    found = [root / name for name in PAGES]
    return [path for path in found if path.is_file() and _BETWEEN.search(path.read_text(encoding="utf-8"))]


def page(path: Path, exercises: Sequence[Exercise]) -> bytes:
    """The page with its table as it should be."""
    text = path.read_text(encoding="utf-8")
    return _BETWEEN.sub(lambda marks: f"{marks[1]}{table(exercises)}{marks[2]}", text).encode("utf-8")


def table(exercises: Sequence[Exercise]) -> str:
    """One row for each exercise: its number and title, its questions, a learner's minutes."""
    lines = ["| notebook | questions | minutes |", "|---|---|---|"]
    for exercise in exercises:
        questions = ", ".join(f"`{question.id}`" for question in exercise.questions)
        by_hand = ", ".join(f"`{id}`" for id, _ in exercise.by_hand)
        minutes = f"{exercise.minutes}"
        if by_hand:
            questions += f"; {by_hand}, by hand"
            minutes += f" + {round(5 * sum(points for _, points in exercise.by_hand))}"
        lines.append(f"| {exercise.name[:2]} {exercise.title} | {questions} | {minutes} |")
    count = sum(len(exercise.questions) for exercise in exercises)
    total = sum(exercise.minutes for exercise in exercises)
    notebooks = "one notebook" if len(exercises) == 1 else f"{len(exercises)} notebooks"
    lines += ["", f"{count} questions in {notebooks}, {total} minutes.", ""]
    return "\n".join(lines)
