"""`tl progress`: what is done, points by objective, what to do next."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import console

if TYPE_CHECKING:
    from ..selfstudy.store import ProgressStore


def command(
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as an object.")] = False,
    reset: Annotated[bool, typer.Option("--reset", help="Begin anew; asks first, and keeps the old file.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="With --reset: do not ask.")] = False,
    root: Annotated[
        Path | None,
        typer.Option(help="The folder that holds solutions/, if it is not this checkout.", show_default=False),
    ] = None,
) -> None:
    """Show your best points by question and by objective, the minutes that are left, and what to do next.

    Kept in one file on this machine, in your user's data folder (TL_HOME names another). Nothing is sent anywhere.
    """
    from .light import without_name_parsers

    without_name_parsers()
    from grader.exercise.catalogue import ROOT

    from ..selfstudy.overview import overview
    from ..selfstudy.store import ProgressStore

    store = ProgressStore()
    if reset:
        _reset(store, yes)
        return
    progress = store.read()
    for notice in store.notices:
        console.note(f"note: {notice}")
    seen = overview(progress, root.resolve() if root else ROOT)
    if as_json:
        console.print_json({"file": str(store.path), **seen.to_dict()})
        return
    from ..selfstudy.showing import show_overview, terminal

    show_overview(terminal(), seen)


def _reset(store: "ProgressStore", yes: bool) -> None:
    if not store.path.exists():
        console.say("there is no progress yet: nothing to reset")
        return
    if not yes:
        if not sys.stdin.isatty():
            console.error("--reset asks before it does anything, and there is no terminal to ask on: add --yes")
            raise typer.Exit(2)
        if not typer.confirm(f"Begin anew? Your points, hints and checks in {store.path} will no longer count."):
            console.say("nothing was changed")
            raise typer.Exit(1)
    kept = store.reset()
    console.say(f"progress begins anew; the old file is {kept}")
