"""Numbers that an author does not write: of headings, minutes, questions. They come from the questions themselves.

# # Feature extraction              becomes   # 2 Feature extraction
# ## Freeze · `freeze`              becomes   ## 2.1 Freeze · `freeze` · 10 min · ●○○
# ## In your own words · `explain`  becomes   ## 2.6 In your own words · 5 min · read by a person  (a manual cell)
# {{questions}}, {{minutes}}        become    five, 45 (and "{{questions}} questions" becomes "one question")
# {{freeze}}                        becomes   2.1, the number of the question
# {{by hand}}                       becomes   five, the minutes of what a person reads
# {{table}}                         becomes   a table of the questions: number, title, what to write, minutes
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from grader.exercise.model import Cell, Question

HEADING = re.compile(r"^(?P<hashes>#+) +(?P<title>.+?) +· +`(?P<id>\w+)`(?P<rest>.*)$")
TITLE = re.compile(r"^# +(.+)$", re.MULTILINE)
_UNFILLED = re.compile(r"\{\{([A-Za-z][A-Za-z_ ]{3,})\}\}")
_PLURAL = re.compile(r"(\{\{[Qq]uestions\}\}) questions\b")
_WORDS = "no one two three four five six seven eight nine ten eleven twelve".split()


def numbered(cells: Sequence[Cell], questions: Sequence[Question], number: int) -> list[Cell]:
    """The cells with every computed number in the prose. `number` is the exercise's own, 2 of 02_feature_extraction."""
    by_id = {question.id: question for question in questions}
    by_hand = _by_hand(cells)
    order = [*by_id, *by_hand]
    values = computed(cells, questions, number)
    titled = False

    def line_of(line: str) -> str:
        found = HEADING.match(line)
        if not found or found["id"] not in order:
            return line
        place = f"{found['hashes']} {number}.{order.index(found['id']) + 1} {found['title']}"
        if found["id"] in by_hand:
            return f"{place} · {by_hand[found['id']]} min · read by a person"
        question = by_id[found["id"]]
        return f"{place} · `{question.id}` · {question.minutes} min · {dots(question.difficulty)}"

    done = []
    for cell in cells:
        if cell.role == "prose":
            source = "\n".join(map(line_of, cell.source.split("\n")))
            if len(questions) == 1:
                source = _PLURAL.sub(r"\1 question", source)
            for name, value in values.items():
                source = source.replace("{{" + name + "}}", value)
                source = source.replace("{{" + name.capitalize() + "}}", value.capitalize())
            if not titled and TITLE.search(source):
                titled = True
                source = TITLE.sub(rf"# {number} \1", source, count=1)
            cell = replace(cell, source=source)
        done.append(cell)
    return done


def computed(cells: Sequence[Cell], questions: Sequence[Question], number: int) -> dict[str, str]:
    """What may stand between double braces, and what becomes of it."""
    by_hand = _by_hand(cells)
    table = ["| | | you write | minutes |", "|---|---|---|---|"]
    for place, question in enumerate(questions, 1):
        names = ", ".join(f"`{name}`" for name in question.defines)
        table.append(f"| {number}.{place} | {question.title} | {names} | {question.minutes} |")
    order = [*(question.id for question in questions), *by_hand]
    return {id: f"{number}.{place}" for place, id in enumerate(order, 1)} | {
        "table": "\n".join(table),
        "questions": in_words(len(questions)),
        "minutes": str(sum(question.minutes for question in questions)),
        "by hand": in_words(sum(by_hand.values())),
    }


def left_unfilled(source: str) -> list[str]:
    """The names between double braces that `numbered` left there. Short ones are formulas: `x_{{i}}`."""
    return _UNFILLED.findall(source)


def _by_hand(cells: Sequence[Cell]) -> dict[str, int]:
    """The minutes of each free text."""
    return {str(cell.question): round(5 * cell.points) for cell in cells if cell.role == "manual"}


def in_words(count: int) -> str:
    """A small number as a word, a larger one in digits."""
    return _WORDS[count] if count < len(_WORDS) else str(count)


def dots(difficulty: int) -> str:
    """1 to 3 as filled dots."""
    return "●" * difficulty + "○" * (3 - difficulty)
