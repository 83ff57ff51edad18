"""Free texts for whoever reads them: one table and one page with all answers, in random order and without names.

Points come back from the table, `OUT/texts.csv` (see grader/results/texts.py). Whose row it is stands in a key, which
stays with the results.
"""

from __future__ import annotations

import csv
import hashlib
import io
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from markupsafe import Markup

from grader.channels.markdown import harmless_html
from grader.exercise.blanks import answer as without_marks
from grader.exercise.catalogue import exercise_names, load_exercise
from grader.exercise.model import Exercise
from grader.files import write_atomic, write_private
from grader.pages.writing import Pages
from grader.results import RecordStore
from grader.results.texts import FILE, KEY, PAGE, Entry, filled, key_bytes, read_key
from grader.submissions import NotReadable, find_submissions, read_answers, read_bytes, texts_beside
from grader.submissions.texts import Text, statement_of, text_of_answer
from grader.text import cell_text

COLUMNS = ("row", "question", "answer", "points", "out_of", "comment", "before")
LONGEST = 4000
"""Characters of an answer in a cell of the table; the page has more."""
_LETTERS = "bcdfghjkmnpqrstvwxz"
"""Of a row's name: no digits, which a spreadsheet would take for a number, and no vowels, which make words."""


class NoTexts(Exception):
    """There is nothing to read; the message says why."""


@dataclass(frozen=True)
class Answer:
    """One learner's text, and whose it is."""

    entry: Entry
    text: Text


@dataclass
class TextsQuestion:
    """What the page shows of one question: trusted Markdown as HTML, and answers by row."""

    exercise: str
    id: str
    points: float
    statement: Markup
    rubric: Markup
    answers: list[tuple[str, Markup]] = field(default_factory=list)


@dataclass
class Exported:
    """What was written."""

    table: Path
    page: Path
    answers: int = 0
    empty: int = 0
    """Learners who handed in a notebook and wrote no text."""
    kept: int = 0
    """Rows whose points or comment were there before and stay."""
    changed: int = 0
    """Rows whose answer is another one than the one that had points; what it had is in the column `before`."""
    unread: list[str] = field(default_factory=list)
    """A sentence for each notebook that cannot be read."""


def export_texts(graded: Path, submissions: Path, out: Path | None = None) -> Exported:
    """Write the free texts of `submissions` into `out`/texts.csv and texts.html, and the key into `graded`.

    Without `out` the table goes into `graded`, where its points are read from. Points that stand in `graded`/texts.csv
    stay with answers that are unchanged. Raises NoTexts, NoSubmissions, BadTable and the errors of grader.results.
    """
    exported = Exported((out or graded) / FILE, (out or graded) / PAGE)
    with RecordStore(graded).lock():
        answers = list(_answers(submissions, exported))
        known, given = read_key(graded), filled(graded)
        of_place = {entry.place: row for row, entry in known.items()}
        rows: dict[str, Answer] = {}
        before: dict[str, str] = {}
        for answer in answers:
            row = of_place.get(answer.entry.place)
            if row is not None and known[row].text == answer.entry.text:
                exported.kept += row in given
            else:
                old, row = row, _new_name({*known, *rows})
                if old in given:
                    exported.changed += 1
                    before[row] = ": ".join(part for part in given[old] if part)
            rows[row] = answer
        exported.answers = len(rows)
        order = sorted(rows)  # names are random, and so is this
        write_private(graded / KEY, key_bytes({row: rows[row].entry for row in order}).decode("ascii"))
        write_atomic(exported.page, _page(rows, order).encode("utf-8"))
        write_atomic(exported.table, _table(rows, order, given, before))
    return exported


def _answers(submissions: Path, exported: Exported) -> Iterator[Answer]:
    from grader.grading.judge import digest_of

    exercises = {name: load_exercise(name) for name in exercise_names()}
    exercises = {name: exercise for name, exercise in exercises.items() if exercise.by_hand}
    found = [one for one in find_submissions(submissions, exercise_names()) if one.exercise in exercises]
    if not found:
        raise NoTexts(f"no notebook in {submissions} has a free text: they are in {', '.join(exercises) or 'none'}")
    for one in found:
        exercise = exercises[one.exercise]
        try:
            if one.problem:
                raise NotReadable(one.problem)
            data = read_bytes(one.path, one.below)
            digest = digest_of(data, texts_beside(one.path, one.below)[0])
            answered = read_answers(data, exercise)
        except NotReadable as problem:
            exported.unread.append(f"{one.learner}, {one.exercise}: {problem}")
            continue
        for question, points in exercise.by_hand:
            text = text_of_answer(answered, exercise, question)
            if text is None:
                exported.empty += 1
                continue
            seen = hashlib.sha256(f"{text.source}\0{text.attachments}".encode("utf-8", "surrogatepass")).hexdigest()
            yield Answer(Entry(one.learner, one.exercise, question, points, digest, seen), text)


def _new_name(taken: set[str]) -> str:
    while True:
        name = "".join(secrets.choice(_LETTERS) for _ in range(6))
        if name not in taken:
            return name


def _table(
    rows: dict[str, Answer], order: list[str], given: dict[str, tuple[str, str]], before: dict[str, str]
) -> bytes:
    """UTF-8 with the mark that Excel needs; nothing that a learner wrote becomes a formula. What a person wrote into it
    stays as it is."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in _by_question(rows, order):
        entry = rows[row].entry
        points, comment = given.get(row, ("", ""))
        answer = cell_text(rows[row].text.source, LONGEST)
        most = f"{entry.points:g}"
        writer.writerow([row, entry.question, answer, points, most, comment, before.get(row, "")])
    return text.getvalue().encode("utf-8-sig")


def _page(rows: dict[str, Answer], order: list[str]) -> str:
    questions: dict[tuple[str, str], TextsQuestion] = {}
    for row in _by_question(rows, order):
        entry, text = rows[row].entry, rows[row].text
        key = (entry.exercise, entry.question)
        if key not in questions:
            questions[key] = _question(load_exercise(entry.exercise), entry)
        questions[key].answers.append((row, Markup(harmless_html(text.source, text.attachments))))
    return Pages().texts(list(questions.values()))


def _question(exercise: Exercise, entry: Entry) -> TextsQuestion:
    rubric = next(cell.source for cell in exercise.cells if cell.role == "manual" and cell.question == entry.question)
    return TextsQuestion(
        entry.exercise,
        entry.question,
        entry.points,
        Markup(harmless_html(statement_of(exercise, entry.question))),
        Markup(harmless_html(without_marks(rubric))),
    )


def _by_question(rows: dict[str, Answer], order: list[str]) -> list[str]:
    return sorted(order, key=lambda row: (rows[row].entry.exercise, rows[row].entry.question))
