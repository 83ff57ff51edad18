"""`tl collect`: from a learning platform's download to a folder of submissions."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import console

if TYPE_CHECKING:
    from ..collecting import Outcome


def command(
    downloads: Annotated[
        list[Path],
        typer.Argument(metavar="DOWNLOAD...", help="Zips from the platform, or folders that they unpacked to."),
    ],
    into: Annotated[
        Path, typer.Option("--into", metavar="DIR", help="The folder of submissions; a second run updates it.")
    ],
) -> None:
    """Collect notebooks from a Canvas, Moodle or Gradescope download into DIR/<learner>/<exercise>.ipynb.

    The newest attempt counts. Whose each notebook is on the platform is kept in DIR/collected.json.
    """
    from ..collecting import collect
    from ..exercise.catalogue import exercise_names

    with console.steps("reading", len(downloads)) as step:
        outcome = collect(downloads, into, exercise_names(), step=step)
    show(outcome)
    if outcome.refused:
        raise typer.Exit(1)


def show(outcome: "Outcome") -> None:
    """What was collected, as a table, and what was not."""
    state = {id(e): word for word in ("new", "replaced", "unchanged") for e in getattr(outcome, word)}
    rows = [
        [
            console.plain(text)
            for text in (
                entry.learner,
                entry.exercise or "(no exercise)",
                str(entry.attempt or ""),
                entry.handed_in or "",
                {True: "late", False: "", None: ""}[entry.late],
                state.get(id(entry), "as before"),
            )
        ]
        for entry in outcome.collected.entries
    ]
    console.table(["learner", "exercise", "attempt", "handed in", "late", ""], rows)
    for source, why in outcome.older + outcome.refused:
        console.note(f"left out: {console.plain(source)}: {console.plain(why)}")
