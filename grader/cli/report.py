"""`tl report`: the pages of a graded class."""

from pathlib import Path
from typing import Annotated

import typer

from . import console, records


def command(
    graded: Annotated[Path, typer.Argument(metavar="GRADED", help="The folder that `tl grade --out` wrote.")],
    out: Annotated[
        Path | None, typer.Option(help="Where the pages go; into GRADED without.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print where the pages are as JSON.")] = False,
) -> None:
    """Write a feedback page for each learner and one page for the class.

    Each is one self-contained file that opens without a network; feedback/pages.csv says whose is which. Exit status 1
    where a record was damaged and left out.
    """
    found, damaged = records.load(graded)
    from .light import without_name_parsers

    without_name_parsers()
    from grader.files import write_atomic

    from ..exporting.collected import read_collected
    from ..exporting.mail import TABLE, page_table
    from ..exporting.pages import FOLDER
    from ..pages import write_pages
    from ..results.feedback import note_feedback

    names = {record.learner for record in found}
    learners = len(names)
    table = page_table(names, read_collected(graded))
    with console.steps("writing the page of", learners) as step:
        index = write_pages(out or graded, found, step)
    write_atomic((out or graded) / FOLDER / TABLE, table, durable=False)
    note_feedback(graded)
    if as_json:
        console.print_json({"index": str(index), "learners": learners, "damaged": damaged})
    else:
        console.say(f"{learners} feedback page{'' if learners == 1 else 's'} and the class: {index}")
    if damaged:
        raise typer.Exit(1)
