"""`tl export`: results for other programs."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from . import console, records


class Format(StrEnum):
    """What results can be exported to."""

    csv = "csv"
    texts = "texts"


def command(
    graded: Annotated[Path, typer.Argument(metavar="GRADED", help="The folder that `tl grade --out` wrote.")],
    to: Annotated[
        Format, typer.Option("--to", help="csv: a row a submission, a column a question. texts: free texts to read.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            help="csv: the file to write, - for stdout; GRADED/results.csv without. texts: a folder; GRADED without.",
            show_default=False,
        ),
    ] = None,
    submissions: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="texts: the folder of notebooks that was graded.", show_default=False),
    ] = None,
) -> None:
    """Export the results of a class, for a spreadsheet or another gradebook; or its free texts, for who reads them.

    Points of what could not be graded stay empty: they are not zero. A name that a spreadsheet would take for a formula
    gets an apostrophe before it. Exit status 1 where a record was damaged and left out.

    texts writes texts.csv and texts.html, all answers in random order and without names. Points that are written into
    GRADED/texts.csv are read whenever results are; the key to the names is GRADED/texts.key.json.
    """
    if to is Format.texts:
        _texts(graded, submissions, out)
        return
    found, damaged = records.load(graded)
    from importlib.metadata import version

    from grader.files import write_atomic

    from ..results.summary import Summary

    summary = Summary(version("tl-exercises"), "full")
    for record in found:
        summary.add(record)
    if out == Path("-"):
        sys.stdout.buffer.write(summary.csv())
    else:
        path = out or graded / "results.csv"
        write_atomic(path, summary.csv())
        console.note(f"{len(found)} submissions: {path}")
    if damaged:
        raise typer.Exit(1)


def _texts(graded: Path, submissions: Path | None, out: Path | None) -> None:
    if submissions is None:
        raise typer.BadParameter("say where the notebooks are that were graded", param_hint="--submissions")
    if not (graded / "records").is_dir():
        raise records.NothingGraded(f"{graded} holds no results; grade first: tl grade {submissions} --out {graded}")
    from ..channels.texts import export_texts

    done = export_texts(graded, submissions, out)
    for sentence in done.unread:
        console.note(f"not read: {console.plain(sentence)}")
    if done.changed:
        console.note(
            f"{done.changed} answers that had points changed: they have new rows, and what they had is in the column"
            " `before`"
        )
    kept = f", {done.kept} of them with points or a comment already" if done.kept else ""
    console.note(f"{done.answers} answers{kept}; {done.empty} wrote nothing. To read: {done.page}")
    console.note(f"Points and comments go into {done.table}" + ("" if out is None else f", and that into {graded}"))
    if done.unread:
        raise typer.Exit(1)
