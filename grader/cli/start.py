"""`tl start`: the notebooks of the exercises in a folder of one's own, and JupyterLab on them."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from . import console

FOLDER = "transfer-learning"


def command(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="[FOLDER]",
            readable=False,
            help="Where the notebooks go (made if it is not there). A shared folder with exercises, which you may only "
            f"read, is copied to {FOLDER}.",
        ),
    ] = Path(FOLDER),
    shared: Annotated[
        Path | None,
        typer.Option(
            "--from", readable=False, help="Copy the exercises of this folder, not those of this installation."
        ),
    ] = None,
    no_lab: Annotated[bool, typer.Option("--no-lab", help="Only copy the notebooks.")] = False,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Start JupyterLab without opening a browser; it prints its address.")
    ] = False,
    kernel: Annotated[
        bool,
        typer.Option(
            "--kernel", help="Install a Jupyter kernel for this environment; the copies open with it in any JupyterLab."
        ),
    ] = False,
    remove: Annotated[bool, typer.Option("--remove", help="With --kernel: take that kernel away again.")] = False,
    root: Annotated[
        Path | None,
        typer.Option(help="The folder that holds exercises/, if it is not this checkout.", show_default=False),
    ] = None,
) -> None:
    """Copy the notebooks of the exercises to FOLDER and open JupyterLab there.

    A notebook that is there already stays as it is: your answers are never overwritten. A newer release is put beside
    it under another name. Nothing is ever written into a shared folder.
    """
    from grader.exercise.catalogue import ROOT
    from tlcore.machine.own_copies import is_shared, own_place
    from tlcore.machine.slow_start import slow_start

    from ..selfstudy.starting import jupyter_command, open_jupyter, place_notebooks

    if remove or kernel:
        _kernel(remove, kernel)
    if slow := slow_start():
        console.note(slow)
    if shared is None and is_shared(folder):
        shared, folder = folder, own_place(FOLDER)
    if shared is not None:
        console.say(f"{shared} is shared: your own copies go to {folder}")
    placed = place_notebooks(folder, root.resolve() if root else ROOT, own_kernel=kernel, shared=shared)
    copied = [each.path.name for each in placed if each.state == "copied"]
    kept = [each.path.name for each in placed if each.state == "kept"]
    if copied:
        console.say(f"copied to {folder}: {', '.join(copied)}")
    if kept:
        console.say(f"already in {folder}, left as they are: {', '.join(kept)}")
        if kernel:
            console.say(
                "there, choose the kernel yourself if JupyterLab opens them with another: Kernel > Change Kernel"
            )
    for each in placed:
        if each.state == "beside":
            console.say(
                f"there is a newer {each.exercise}: it is {each.path.name}, beside yours, which stays as it is. "
                "Copy your answers into it if you want to go on there"
            )
    place = console.typed(folder)
    console.say(f"Check your work: tl check {place}, or at every save: tl check --watch {place}")
    if no_lab:
        return
    command = jupyter_command(folder, not no_browser)
    console.note("opening JupyterLab; end it with Ctrl-C")
    raise typer.Exit(open_jupyter(command))


def _kernel(remove: bool, kernel: bool) -> None:
    """Install the kernel, or remove it and end."""
    from tlcore.machine import own_kernel

    from ..selfstudy.errors import CannotStart

    if remove and not kernel:
        raise CannotStart("--remove goes with --kernel: tl start --kernel --remove takes the kernel away")
    try:
        if remove:
            gone = own_kernel.remove()
            console.say(f"the kernel is removed: {gone}" if gone else "there was no kernel to remove")
            raise typer.Exit(0)
        place, before = own_kernel.install()
    except own_kernel.CannotInstall as error:
        raise CannotStart(str(error)) from None
    console.say(f'the kernel "{own_kernel.SHOWN_AS}" is installed in {place}')
    if before:
        console.say(f"until now it started {before}; now it starts {sys.executable}")
