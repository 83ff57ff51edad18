"""docs/workshop.md: blocks hold their questions, afternoons four hours, and the wrong ideas are the demo class's."""

import re
import sys
from collections import Counter
from pathlib import Path

import pytest

from grader.exercise.catalogue import ROOT, exercise_names, load_exercise
from tlcore.misconceptions import misconceptions_of

sys.path.insert(0, str(Path(__file__).parents[1] / "demo"))
from expected_class import LEARNERS

PAGE = (ROOT / "docs" / "workshop.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
QUESTIONS = {question.id: question for name in exercise_names() for question in load_exercise(name).questions}
ROWS = re.findall(r"^\| (\d):(\d\d) \| (\d+) \| (.*?) \| (.*?) ?\|$", PAGE, re.MULTILINE)
A_FIFTH_MORE = 1.2


def minutes_of(cell: str) -> int:
    return sum(QUESTIONS[id].minutes for id in re.findall(r"`(\w+)`", cell))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}:{row[1]} {row[3][:20]}")
def test_a_block_has_a_fifth_more_than_its_questions_take(row: tuple[str, ...]) -> None:
    assert minutes_of(row[4]) * A_FIFTH_MORE <= int(row[2])


def test_each_block_begins_where_the_last_one_ends_and_afternoons_have_four_hours() -> None:
    begins = [60 * int(hour) + int(minute) for hour, minute, *_ in ROWS]
    ends = [begin + int(row[2]) for begin, row in zip(begins, ROWS, strict=True)]
    assert len(ROWS) > 10
    for end, begin in zip(ends, begins[1:], strict=False):
        assert begin == end or (begin, end) == (0, 240)
    assert ends[-1] == 240


def test_every_objective_is_met_in_the_room() -> None:
    met = {objective for row in ROWS for id in re.findall(r"`(\w+)`", row[4]) for objective in QUESTIONS[id].objectives}
    assert {"O1", "O2", "O4", "O5"} <= met and {"O3V", "O3L"} <= met


def test_the_first_page_says_which_notebooks_keep_which_promise() -> None:
    """Notebook 00, which looks at what one knows before, is not counted."""
    promised = re.findall(r"^\| [A-Z][^|]+ \| (\d\d(?:, \d\d)*) \|$", README, re.MULTILINE)
    kept: dict[str, set[str]] = {}
    for name in exercise_names()[1:]:
        for objective in (objective for question in load_exercise(name).questions for objective in question.objectives):
            kept.setdefault(objective, set()).add(name[:2])
    assert promised == [", ".join(sorted(kept[code])) for code in ("O1", "O2", "O3V", "O3L", "O4", "O5")]


def ideas() -> str:
    """The two wrong ideas of each notebook that most of the demo class hold, as a table."""
    lines = ["| notebook | question | the idea | held by | ask |", "|---|---|---|---|---|"]
    for name in exercise_names():
        held = Counter(
            (id, label)
            for (_, exercise), outcome in LEARNERS.items()
            if exercise == name
            for id, (_, labels) in outcome.items()
            for label in labels
        )
        known = {(q.id, w.label): w for q in load_exercise(name).questions for w in misconceptions_of(name[3:], q.id)}
        for (id, label), count in held.most_common(2):
            wrong = known[id, label]
            lines.append(f"| {name[:2]} | `{id}` | {label.replace('_', ' ')} | {count} | {wrong.asks} |")
    return "\n".join(lines)


def test_the_wrong_ideas_are_those_of_the_demo_class() -> None:
    shown = re.search(r"<!-- ideas: .*? -->\n(.*?)\n?<!-- end of ideas -->", PAGE, re.DOTALL)
    assert shown and shown[1] == ideas(), f"write between the marks:\n{ideas()}"
