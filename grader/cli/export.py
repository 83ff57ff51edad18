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


def command(
    graded: Annotated[Path, typer.Argument(metavar="GRADED", help="The folder that `tl grade --out` wrote.")],
    to: Annotated[Format, typer.Option("--to", help="csv: a row a submission, a column a question.")],
    out: Annotated[
        Path | None,
        typer.Option(help="The file to write, - for stdout; GRADED/results.csv without.", show_default=False),
    ] = None,
) -> None:
    """Export the results of a class, for a spreadsheet or another gradebook.

    Points of what could not be graded stay empty: they are not zero. A name that a spreadsheet would take for a formula
    gets an apostrophe before it. Exit status 1 where a record was damaged and left out.
    """
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
