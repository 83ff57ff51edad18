"""`tl export`: results for other programs."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import console, export_texts, records

if TYPE_CHECKING:
    from ..exporting.filling import Filled
    from ..results import SubmissionResult


class Format(StrEnum):
    """What results can be exported to."""

    csv = "csv"
    canvas = "canvas"
    moodle = "moodle"
    mail = "mail"
    texts = "texts"


class Rows(StrEnum):
    """What a row of the table is."""

    submissions = "submissions"
    learners = "learners"
    questions = "questions"


_DEFAULT = {Rows.submissions: "results.csv", Rows.learners: "learners.csv", Rows.questions: "questions.csv"}


class BadCombination(Exception):
    """Options that do not go together."""


def command(
    graded: Annotated[Path, typer.Argument(metavar="GRADED", help="The folder that `tl grade --out` wrote.")],
    to: Annotated[
        Format,
        typer.Option(
            "--to",
            help="csv: a table. canvas: your gradebook export, filled in. "
            "moodle: the grading worksheet of one assignment, filled in, and a zip of feedback files. "
            "mail: a zip with one page for each learner. texts: free texts, for a person to read.",
        ),
    ],
    rows: Annotated[
        Rows | None,
        typer.Option(
            help="For csv. submissions: a row a notebook, a column a question. learners: a row a learner, a column an "
            "exercise. questions: a row a learner and question. [default: submissions]",
            show_default=False,
        ),
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option(help="The file that you exported from Canvas or Moodle.", show_default=False),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="OURS=THEIRS",
            help='Which column to take where its name does not say it: 02_feature_extraction="Notebook 2 (123456)". '
            'For a worksheet in another language: "Grade=Bewertung".',
            show_default=False,
        ),
    ] = None,
    exercise: Annotated[
        list[str] | None, typer.Option(help="Only this exercise; may be repeated.", show_default=False)
    ] = None,
    scale: Annotated[
        bool, typer.Option("--scale", help="Convert to the platform's maximum where ours differs.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            help="The file to write; - for stdout. For texts a folder. Into GRADED without.", show_default=False
        ),
    ] = None,
    submissions: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="texts: the folder of notebooks that was graded.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Say as JSON what was written, and what was not.")] = False,
) -> None:
    """Export the results of a class, for a spreadsheet or a learning platform.

    Points of what could not be graded stay empty: they are not zero. In a platform's file only our points change; who
    or what has no place there is listed, nothing is guessed. In tables a name that a spreadsheet would take for a
    formula gets an apostrophe before it. Exit status 1 where something was left out.

    texts writes texts.csv and texts.html, all answers in random order and without names. Points that are written into
    GRADED/texts.csv are read whenever results are; the key to the names is GRADED/texts.key.json.
    """
    if to in (Format.csv, Format.mail, Format.texts) and (template or column or scale or as_json):
        raise BadCombination("--template, --column, --scale and --json are for --to canvas and --to moodle")
    if rows and to is not Format.csv:
        raise BadCombination("--rows is for --to csv")
    if to is Format.texts:
        export_texts.write(graded, submissions, out)
        return
    found, damaged = records.load(graded)
    found = _only(found, exercise or [])
    complete = True
    if to is Format.csv:
        rows = rows or Rows.submissions
        _write(_table(graded, found, rows), out, graded / _DEFAULT[rows], f"{len(found)} submissions")
    elif to is Format.mail:
        complete = _mail(graded, found, out)
    else:
        if template is None:
            raise BadCombination(f"--to {to} fills in a file of the platform's own; say which: --template FILE")
        filled = _platform(to, graded, template, found, _pairs(column or []), scale, out)
        if as_json:
            console.print_json(filled.to_dict())
        else:
            _say(filled)
        complete = filled.complete
    if damaged or not complete:
        raise typer.Exit(1)


def _only(found: "list[SubmissionResult]", exercises: list[str]) -> "list[SubmissionResult]":
    known = sorted({record.exercise for record in found})
    for name in exercises:
        if name not in known:
            raise BadCombination(f"there are no results of {name}; there are of: {', '.join(known)}")
    return [record for record in found if not exercises or record.exercise in exercises]


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        ours, sign, theirs = text.partition("=")
        if not (sign and ours.strip() and theirs.strip()):
            raise BadCombination(f"--column takes OURS=THEIRS, and {text!r} is not of this form")
        pairs[ours.strip()] = theirs.strip()
    return pairs


def _table(graded: Path, found: "list[SubmissionResult]", rows: Rows) -> bytes:
    if rows is Rows.submissions:
        from importlib.metadata import version

        from ..results.summary import Summary

        summary = Summary(version("tl-exercises"), "full")
        for record in found:
            summary.add(record)
        return summary.csv()
    from ..exporting import tables
    from ..exporting.collected import read_collected

    make = tables.by_learner if rows is Rows.learners else tables.by_question
    return make(found, read_collected(graded))


def _mail(graded: Path, found: "list[SubmissionResult]", out: Path | None) -> bool:
    from ..exporting import mail, pages
    from ..exporting.collected import read_collected

    learners = {record.learner for record in found}
    data = mail.mail_zip(graded, learners, read_collected(graded))
    _write(data, out, graded / "mail.zip", f"{len(learners)} pages")
    late = pages.out_of_date(graded, found)
    if late:
        console.note(f"pages older than the results, run `tl report` again: {console.plain(', '.join(late))}")
    return not late


def _write(data: bytes, out: Path | None, default: Path, what: str) -> None:
    from grader.files import write_atomic

    if out == Path("-"):
        sys.stdout.buffer.write(data)
        return
    write_atomic(out or default, data)
    console.note(f"{what}: {out or default}")


def _platform(
    to: Format,
    graded: Path,
    template: Path,
    found: "list[SubmissionResult]",
    pairs: dict[str, str],
    scale: bool,
    out: Path | None,
) -> "Filled":
    from grader.files import write_atomic

    from ..exporting import canvas, moodle, pages
    from ..exporting.collected import read_collected

    target = out or graded / f"{to}.csv"
    if target == Path("-"):
        raise BadCombination(f"--to {to} says on stdout what it did; give --out a file")
    if target.exists() and template.exists() and target.samefile(template):
        raise BadCombination("--out is the template itself: keep what the platform gave you, and write another file")
    collected = read_collected(graded)
    if to is Format.canvas:
        data, filled = canvas.fill_gradebook(template, found, collected, pairs, scale)
    else:
        data, filled, people = moodle.fill_worksheet(template, found, collected, pairs, scale)
        files = {f"{moodle.folder(person)}/feedback.html": pages.page(graded, name) for name, person in people.items()}
        late = pages.out_of_date(graded, [record for record in found if record.learner in people])
        if late:
            filled.notes.append(f"pages older than the results, run `tl report` again: {', '.join(late)}")
        archive = target.with_name(f"{target.stem}-feedback.zip")
        write_atomic(archive, pages.zipped(files))
        filled.files.append(archive)
    write_atomic(target, data)
    filled.files.insert(0, target)
    return filled


def _say(filled: "Filled") -> None:
    """The lists that a person goes over before the upload."""

    def section(title: str, lines: list[str]) -> None:
        if lines:
            console.say(f"\n{title}")
            for line in lines:
                console.say(f"  {console.plain(line)}")

    console.say(f"{filled.found} of {filled.found + len(filled.unknown)} learners are in the template.")
    for exercise, heading, count in filled.columns:
        console.say(f"{exercise}: {count} in the column {console.plain(heading)!r}")
    section("Left as it was:", [f"{learner}, {exercise}: {why}" for learner, exercise, why in filled.left])
    section(
        "Another number stood there:",
        [f"{learner}, {exercise}: {was} -> {now}" for learner, exercise, was, now in filled.replaced],
    )
    section("Exercises without a column (say which with --column):", [f"{a}: {why}" for a, why in filled.unplaced])
    section("Learners that are not in the template:", [f"{learner}: {why}" for learner, why in filled.unknown])
    section("In the template, without results:", filled.without)
    section("Mind:", filled.notes)
    console.note("".join(f"\n{path}" for path in filled.files).lstrip("\n"))
