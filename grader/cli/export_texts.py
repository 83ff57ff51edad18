"""`tl export --to texts`: the free texts of a class, for a person to read and to give points to."""

from pathlib import Path

import typer

from . import console, records


def write(graded: Path, submissions: Path | None, out: Path | None) -> None:
    """Write texts.csv and texts.html, and say what is in them. Exit status 1 where a notebook could not be read."""
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
            f"of the answers that had points, {done.changed} changed: these have new rows, and what they had is in the"
            " column `before`"
        )
    answers = "1 answer" if done.answers == 1 else f"{done.answers} answers"
    kept = f", {done.kept} of them with points or a comment already" if done.kept else ""
    console.note(f"{answers}{kept}; {done.empty} wrote nothing. To read: {done.page}")
    console.note(f"Points and comments go into {done.table}" + ("" if out is None else f", and that into {graded}"))
    if done.unread:
        raise typer.Exit(1)
