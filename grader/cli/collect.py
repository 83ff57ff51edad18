"""`tl collect`: from a learning platform's download to a folder of submissions."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import console

if TYPE_CHECKING:
    from ..collecting import Entry, Outcome, Person, Row

LINES = 20
"""Lines of one kind that are printed; collected.json has all of them."""


class Platform(StrEnum):
    """What a download can be of."""

    canvas = "canvas"
    moodle = "moodle"
    gradescope = "gradescope"
    zip = "zip"


def command(
    downloads: Annotated[
        list[Path],
        typer.Argument(metavar="DOWNLOAD", help="Zips from the platform, or the folders that they unpacked to."),
    ],
    into: Annotated[
        Path, typer.Option("--into", metavar="DIR", help="The folder of submissions. A second run updates it.")
    ],
    roster: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="CSV",
            help="Who is in the class: Canvas's, Moodle's or Gradescope's CSV, or any with names, numbers or email "
            "addresses; as often as needed.",
            show_default=False,
        ),
    ] = None,
    says: Annotated[
        list[str] | None,
        typer.Option(
            "--as",
            metavar="WHO=LEARNER",
            help="Whose a notebook is: WHO is the platform's number or name, LEARNER a name or number on the roster or "
            "a folder; as often as needed.",
            show_default=False,
        ),
    ] = None,
    platform: Annotated[
        Platform | None,
        typer.Option("--from", help="What the download is of, if it is not recognised.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print collected.json instead of the table.")] = False,
) -> None:
    """Collect notebooks from downloads of Canvas, Moodle or Gradescope, or a zip, into DIR/<learner>/<exercise>.ipynb.

    The newest attempt counts; what it takes the place of is kept in DIR/<learner>/.earlier/. Whose each notebook is on
    the platform, and when it was handed in, is kept in DIR/collected.json. Exit status 1 if something was not taken, or
    somebody is not known.
    """
    from .light import without_name_parsers

    without_name_parsers()
    from ..collecting import Told, collect, read_rosters
    from ..collecting.collected import NAME
    from ..exercise.catalogue import exercise_names

    told = Told(read_rosters(roster or []), _says(says or []), _ask)
    with console.steps("reading", len(downloads) + 1) as step:
        outcome = collect(downloads, into, exercise_names(), told, platform, step)
    if as_json:
        typer.echo((into / NAME).read_text(encoding="utf-8"))
    else:
        show(outcome)
        console.say(f"Next: tl grade {console.typed(into)} --out graded")
    tell(outcome, bool(roster))
    if outcome.refused or outcome.whose.unknown or outcome.whose.ambiguous:
        raise typer.Exit(1)


def _says(texts: list[str]) -> dict[str, str]:
    says = {}
    for text in texts:
        who, equals, learner = text.partition("=")
        if not equals or not who.strip() or not learner.strip():
            raise typer.BadParameter(f"{text!r} is not WHO=LEARNER", param_hint="--as")
        says[who.strip()] = learner.strip()
    return says


def _ask(person: "Person", rows: "list[Row]") -> "Row | None":
    """Ask on the terminal which one of the roster somebody is; None where there is no terminal."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    console.note(f"\nWho is {_said(person)}?")
    for number, row in enumerate(rows, 1):
        console.note(f"  {number}  {console.plain(row.said)}{f', {console.plain(row.email)}' if row.email else ''}")
    console.note("  0  none of them, or not known yet")
    choice = typer.prompt("Number", type=int, err=True)
    return rows[choice - 1] if 0 < choice <= len(rows) else None


def show(outcome: "Outcome") -> None:
    """What lies in the folder now, as a table."""
    words = {id(e): word for word in ("new", "replaced", "unchanged") for e in getattr(outcome, word)}
    entries = outcome.collected.entries
    has = [any(getattr(e, what) is not None for e in entries) for what in ("attempt", "handed_in", "late")]

    def row(entry: "Entry") -> list[str]:
        told = [str(entry.attempt or ""), _time(entry.handed_in), "late" if entry.late else ""]
        what = [entry.learner, entry.exercise or f"none known: {entry.file}"]
        return [*what, *(text for text, some in zip(told, has, strict=True) if some), words.get(id(entry), "as before")]

    columns = [name for name, some in zip(("attempt", "handed in", "late"), has, strict=True) if some]
    rows = [[console.plain(cell) for cell in row(entry)] for entry in entries]
    console.table(["learner", "exercise", *columns, "notebook"], rows)
    console.say()
    learners = len({entry.learner for entry in entries})
    console.say(
        f"{len(entries)} notebooks of {learners} learners: {len(outcome.new)} new, {len(outcome.replaced)} replaced, "
        f"{len(entries) - len(outcome.new) - len(outcome.replaced)} as before"
    )


def tell(outcome: "Outcome", roster: bool) -> None:
    """What was left out, and who is missing or not known, on stderr."""
    told = outcome.whose
    _lines("left out", [f"{source}: {why}" for source, why in outcome.refused])
    _lines("not counted", [f"{source}: {why}" for source, why in outcome.older])
    if outcome.others:
        console.note(f"{len(outcome.others)} other files passed over, such as {console.plain(_first(outcome.others))}")
    _lines("of no known exercise", [f"{e.learner}/{e.file}" for e in outcome.collected.entries if e.exercise is None])
    _lines("handed in nothing", [row.said for row in told.missing] if roster else [])
    for exercise in sorted({e.exercise for e in outcome.collected.entries if e.exercise} if roster else ()):
        there = {e.roster for e in outcome.collected.entries if e.exercise == exercise}
        some = sorted({e.roster for e in outcome.collected.entries if e.roster} - there)
        _lines(f"no {exercise} from", some, together=True)
    _lines(
        "not on the roster",
        [
            f"{_said(person)}: collected as {folder}; if they are on it, say --as {_typed(person)}=LEARNER"
            for person, folder in told.unknown
        ],
    )
    for person, folder, rows in told.ambiguous:
        candidates = console.plain(" or ".join(row.said for row in rows[:5]))
        what = (
            f"may be {candidates}: say --as {_typed(person)}={rows[0].folder}, or"
            if rows
            else "is a name of others, too:"
        )
        advice = "give the roster a column folder" if rows else "give the roster of each assignment"
        console.note(f"not known who it is: {_said(person)}, collected as {console.plain(folder)}, {what} {advice}")


def _lines(what: str, texts: list[str], together: bool = False) -> None:
    shown = [console.plain(text) for text in texts[:LINES]]
    if len(texts) > len(shown):
        shown.append(f"and {len(texts) - len(shown):,} more")
    for text in [", ".join(shown)] if together and shown else shown:
        console.note(f"{what}: {text}")


def _first(others: list[tuple[str, str]]) -> str:
    source, why = others[0]
    return f"{source} ({why})"


def _said(person: "Person") -> str:
    return console.plain(f"{person.name} ({person.id})" if person.id and person.id != person.name else person.name)


def _typed(person: "Person") -> str:
    return console.typed(Path(console.plain(person.id or person.name)))


def _time(iso: str | None) -> str:
    """ISO 8601 as it is read: in the zone of this machine, to the minute."""
    from datetime import datetime

    return f"{datetime.fromisoformat(iso).astimezone():%Y-%m-%d %H:%M}" if iso else ""
