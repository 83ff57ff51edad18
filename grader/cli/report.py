"""`tl report`: the pages of a graded class."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import console, records

if TYPE_CHECKING:
    from ..grading.against import Against


def command(
    graded: Annotated[Path, typer.Argument(metavar="GRADED", help="The folder that `tl grade --out` wrote.")],
    out: Annotated[
        Path | None, typer.Option(help="Where the pages go; into GRADED without.", show_default=False)
    ] = None,
    earlier: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="EARLIER",
            help="Say who gained or lost, where and why: `last` (before the last run that changed results), the name of"
            " an earlier run in GRADED/earlier, or the folder of another grading. Writes changes.html too.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print where the pages are as JSON.")] = False,
) -> None:
    """Write a feedback page for each learner and one page for the class.

    Each is one self-contained file that opens without a network; feedback/pages.csv says whose is which. Exit status 1
    where a record was damaged and left out.
    """
    found, damaged = records.load(graded)
    against = _against(graded, earlier) if earlier is not None else None
    from .light import without_name_parsers

    without_name_parsers()
    from grader.files import write_atomic

    from ..exporting.collected import read_collected
    from ..exporting.mail import TABLE, page_table
    from ..exporting.pages import FOLDER
    from ..pages import write_pages
    from ..pages.changes import write_changes
    from ..results.feedback import note_feedback

    names = {record.learner for record in found}
    learners = len(names)
    collected = read_collected(graded)
    table = page_table(names, collected)
    if against is not None:
        page = write_changes(out or graded, against.changed, against.what, names)
    with console.steps("writing the page of", learners) as step:
        what = against.what if against is not None else None
        index = write_pages(out or graded, found, step, collected.missing, collected.late, what)
    write_atomic((out or graded) / FOLDER / TABLE, table, durable=False)
    note_feedback(graded)
    told: dict[str, Any] = {"index": str(index), "learners": learners, "damaged": damaged}
    if against is not None:
        told |= {"changes_page": str(page), "against": against.what, "changes": against.changed.to_dict()}
    if as_json:
        console.print_json(told)
    else:
        console.say(f"{learners} feedback page{'' if learners == 1 else 's'} and the class: {index}")
        if against is not None:
            _show(against, page)
    if damaged:
        raise typer.Exit(1)


def _against(graded: Path, earlier: str) -> "Against":
    from ..grading.against import against

    return against(graded, earlier)


def _show(against: "Against", page: Path) -> None:
    """What changed, as a table."""
    from ..pages.wording import number, signed

    changed = against.changed
    rows = [
        [
            each.learner,
            each.exercise,
            "(the whole notebook)" if each.question is None else each.question,
            "none" if each.before is None else number(each.before),
            "none" if each.after is None else number(each.after),
            "" if each.difference is None else signed(each.difference),
            "; ".join(reason.words for reason in each.reasons),
        ]
        for each in changed.changes
    ]
    console.say()
    if rows:
        head = ["learner", "exercise", "question", "before", "now", "change", "why"]
        console.table(head, [[console.plain(cell) for cell in row] for row in rows])
        console.say()
    console.say(f"{changed.sentence()} since {console.plain(against.what)}; {page}")
