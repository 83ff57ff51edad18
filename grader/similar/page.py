"""similar.html: the pairs that stand out, with their answers side by side and the class's own distribution."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.files import write_atomic
from grader.pages.writing import Pages

from .alike import BINS, COMMON, FEWEST, FLOOR, OWN, Alike, Pair, Standing
from .answers import LONGEST, Answers
from .fingerprints import K, passages

SHOWN = 40
"""Pairs with their answers on the page; all are in the JSON."""
QUESTIONS = 8
"""Questions of a pair with their answers on the page."""
LINES, LETTERS = 80, 4000
"""Of an answer on the page."""

Part = tuple[str, bool]


@dataclass(frozen=True)
class Shown:
    """A pair at one question, with each answer cut into parts: text, and whether both have it."""

    standing: Standing
    texts: tuple[list[Part], list[Part]]


def write_page(path: Path, answers: Answers, questions: Sequence[Alike], pairs: Sequence[Pair]) -> None:
    """Write the page. Raises OutputFull or OutputNotWritable."""
    write_atomic(path, _Page().similar(answers, questions, pairs).encode("utf-8"), durable=False)


class _Page(Pages):
    """The page in the style of the others: self-contained, no script, nothing loaded, all text escaped."""

    def similar(self, answers: Answers, questions: Sequence[Alike], pairs: Sequence[Pair]) -> str:
        self._style += self._source("similar.css")
        several = [pair for pair in pairs if len(pair.standings) > 1]
        once = [pair for pair in pairs if len(pair.standings) == 1]
        shown = [(pair, _shown(pair, answers)) for pair in several[:SHOWN]]
        shown_once = [(pair, _shown(pair, answers)) for pair in once[: SHOWN - len(shown)]]
        return self._render(
            "similar.html",
            answers=answers,
            questions=questions,
            several=several,
            shown=shown,
            once=once,
            shown_once=shown_once,
            identical=[(each, group) for each in questions for group in each.identical],
            limits={
                "own": OWN,
                "common": COMMON,
                "floor": FLOOR,
                "fewest": FEWEST,
                "bins": BINS,
                "longest": LONGEST,
                "letters": K,
            },
        )


def _shown(pair: Pair, answers: Answers) -> list[Shown]:
    shown = []
    for standing in pair.standings[:QUESTIONS]:
        texts = answers.of[standing.question.exercise, standing.question.question]
        one, other = (texts[learner] for learner in pair.learners)
        marked = zip((one, other), passages(one, other, standing.question.not_own), strict=True)
        first, second = (_parts(text, places) for text, places in marked)
        shown.append(Shown(standing, (first, second)))
    return shown


def _parts(text: str, places: list[tuple[int, int]]) -> list[Part]:
    """The start of a text, cut where the passages begin and end."""
    end = len("\n".join(text.split("\n")[:LINES])[:LETTERS])
    parts: list[Part] = []
    here = 0
    for start, stop in places:
        start, stop = min(start, end), min(stop, end)
        parts += [(text[here:start], False), (text[start:stop], True)]
        here = stop
    parts.append((text[here:end], False))
    if end < len(text):
        parts.append(("\n… (more)", False))
    # The page cuts what is longer than 2,000 letters.
    return [(part[at : at + 1000], both) for part, both in parts for at in range(0, len(part), 1000)]
