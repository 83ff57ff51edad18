"""`tl check`: one's own notebook against the hidden tests, once or at every save."""

import json
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..judging.time_limit import TIME_LIMIT
from . import console

if TYPE_CHECKING:
    from ..selfstudy.checked import Checked
    from ..selfstudy.checking import Checker
    from ..selfstudy.store import ProgressStore


def command(
    notebook: Annotated[
        Path, typer.Argument(metavar="[NOTEBOOK]", help="A notebook, or a folder of them (default: this folder).")
    ] = Path(),
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Stay, and check at every save. Ctrl-C ends.")] = False,
    isolation: Annotated[str, typer.Option(help="full, reduced, none, or best (the strongest there is).")] = "best",
    time_limit: Annotated[float, typer.Option(min=1, help="Seconds that one question may take.")] = TIME_LIMIT,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a list with one object a notebook; with --watch one line a check.")
    ] = False,
    root: Annotated[
        Path | None,
        typer.Option(help="The folder that holds solutions/, if it is not this checkout.", show_default=False),
    ] = None,
) -> None:
    """Grade your own notebook with the hidden tests; show points, what was seen, and the next hint.

    Each check of a question that is not solved yet gives one hint more. Your best points are kept on this machine: see
    tl progress. Exit status 0 for full marks, 1 where something is left to do, 2 where it could not be graded.
    """
    if isolation not in ("full", "reduced", "none", "best"):
        raise typer.BadParameter("choose one of full, reduced, none, best", param_hint="--isolation")
    from .light import without_name_parsers

    without_name_parsers()
    from grader.exercise.catalogue import ROOT, exercise_names

    from ..selfstudy.errors import NoNotebook
    from ..selfstudy.notebooks import looks_sound, notebooks_in
    from ..selfstudy.store import ProgressStore
    from ..selfstudy.warming import ready

    folder = root.resolve() if root else ROOT
    names = exercise_names(folder)
    if not names:
        raise NoNotebook(f"there are no exercises in {folder / 'solutions'}: tl check needs a whole checkout")
    found = notebooks_in(notebook, names)  # before the seconds that the sandbox takes to start
    if not watch and not any(map(looks_sound, found)):
        for path in found:
            _say_why_not(path, names, folder)
        raise typer.Exit(2)
    store = ProgressStore()
    with console.steps("starting the sandbox"):
        checker = ready(store, _exercises(found, names), None if watch else found, isolation, time_limit, folder)
    with checker:
        _notices(store)
        tell = console.note if as_json else console.say
        tell(f"isolation: {checker.isolation}" + _about(checker.isolation))
        if watch:
            _watch(checker, store, notebook, as_json)
            return
        status = _once(checker, store, found, as_json)
    raise typer.Exit(status)


def _exercises(notebooks: list[Path], names: list[str]) -> set[str]:
    """The exercises that the names of the files announce."""
    from ..selfstudy.notebooks import named_after

    return {name for path in notebooks if (name := named_after(path, names))}


def _say_why_not(path: Path, names: list[str], root: Path) -> None:
    from ..selfstudy.notebooks import read_notebook
    from ..submissions import NotReadable

    try:
        read_notebook(path, names, root)
    except NotReadable as problem:
        console.error(f"{path}: {problem.alone}")


def _once(checker: "Checker", store: "ProgressStore", notebooks: list[Path], as_json: bool) -> int:
    from ..selfstudy.showing import show_check, terminal
    from ..submissions import NotReadable

    screen = terminal()
    status, entries = 0, []
    for path in notebooks:
        try:
            with console.steps(f"checking {path.name}"):
                checked = checker.check(path)
        except NotReadable as problem:
            console.error(f"{path}: {problem.alone}")
            status = 2
            continue
        _notices(store)
        if checked.result.status != "graded":
            status = 2
        elif not checked.full_marks:
            status = max(status, 1)
        if as_json:
            entries.append(_entry(checked))
        else:
            show_check(screen, checked)
    if as_json:
        console.print_json(entries)
    return status


def _watch(checker: "Checker", store: "ProgressStore", place: Path, as_json: bool) -> None:
    from ..selfstudy.errors import NoNotebook
    from ..selfstudy.showing import show_check, terminal
    from ..selfstudy.watching import Patience, Watch
    from ..submissions import NotReadable

    screen = terminal()
    earlier: dict[Path, Checked] = {}
    patience = Patience()
    looking = Watch(place, checker.names, console.note)
    stop = threading.Event()
    console.note(f"watching {place}; save a notebook to check it, Ctrl-C ends")
    with console.interruptible(stop, "ending; press Ctrl-C again to end at once"):
        for path in looking.saves(stop):
            started = time.monotonic()
            clock = f"{datetime.now():%H:%M:%S}"
            before = earlier.get(path)
            try:
                if before is not None and before.result.status == "graded" and checker.read(path)[2] == before.code:
                    points = f"{before.result.points:g} of {before.result.max_points:g} points"
                    console.note(f"{clock}  {path.name} was saved, and its code is as it was: {points}")
                    continue
                checked = checker.check(path, asked=False)
            except (NotReadable, NoNotebook) as problem:
                if patience.failed(path):
                    looking.forget(path)  # perhaps it is just being written
                else:
                    patience.worked(path)
                    console.error(f"{path.name}: {problem.alone if isinstance(problem, NotReadable) else problem}")
                continue
            patience.worked(path)
            _notices(store)
            earlier[path] = checked
            if as_json:
                line = {**_entry(checked), "seconds": round(time.monotonic() - started, 3)}
                typer.echo(json.dumps(line, allow_nan=False))
            else:
                show_check(screen, checked, before, clock)
    console.note("no longer watching")


def _entry(checked: "Checked") -> dict[str, Any]:
    """A check for a script: the result without pictures, and the hint of each question."""
    result = checked.result
    questions = []
    for question in result.questions:
        hint = checked.hints.get(question.id)
        questions.append(
            {
                "id": question.id,
                "title": question.title,
                "points": question.points,
                "max_points": question.max_points,
                "best_points": checked.best.get(question.id, question.points),
                "status": question.status,
                "begun": question.id in checked.begun,
                "message": question.message,
                "misconceptions": question.misconceptions,
                "asks": [advice.asks for advice in question.advice],
                "hint": {"number": hint.number, "of": hint.of, "text": hint.text} if hint else None,
            }
        )
    return {
        "notebook": str(checked.notebook),
        "exercise": result.exercise,
        "isolation": result.isolation,
        "status": result.status,
        "reason": result.reason,
        "points": result.points,
        "max_points": result.max_points,
        "remarks": result.remarks,
        "questions": questions,
    }


def _about(tier: str) -> str:
    if tier == "none":
        return " (nothing restrains the code of the notebook here: check only notebooks that you would run yourself)"
    return ""


def _notices(store: "ProgressStore") -> None:
    for notice in store.notices:
        console.note(f"note: {notice}")
    store.notices.clear()
