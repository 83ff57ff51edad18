"""The application: which verbs there are, and how errors end."""

import atexit
import gc
import os
import sys
from collections.abc import Callable
from typing import Annotated, NoReturn

import typer

from . import build, check, console, demo, doctor, export, grade, new, progress, release, report, similar, start, verify

app = typer.Typer(
    name="tl",
    help="Auto-graded exercises on transfer learning: build them, hand them out, grade them.",
    epilog="Exit status: 0 fine, 1 found problems, 2 could not run. `tl VERB --help` says more about a verb.",
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help: it reads well in a pipe and to a screen reader
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

#: The verbs, in the order in which `tl --help` lists them, with a line for that list.
VERBS: tuple[tuple[str, Callable[..., None], str], ...] = (
    ("doctor", doctor.command, "Say what this machine offers and what to mend."),
    ("start", start.command, "Copy the notebooks and open JupyterLab."),
    ("check", check.command, "Check your own notebook, once or at every save."),
    ("progress", progress.command, "Show what is done and what comes next."),
    ("grade", grade.command, "Grade a class of notebooks in the sandbox."),
    ("demo", demo.command, "Grade the class that ships with the project."),
    ("report", report.command, "Write the pages of a graded class."),
    ("export", export.command, "Export the results of a class."),
    ("similar", similar.command, "Find answers that are alike in a class."),
    ("release", release.command, "Write the exercises for nbgrader, otter or learners."),
    ("new", new.command, "Write the files of a new question."),
    ("build", build.command, "Build exercises from solutions."),
    ("verify", verify.command, "Prove the questions of exercises."),
)
for name, command, line in VERBS:
    app.command(name, short_help=line)(command)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"tl-exercises {version('tl-exercises')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


def main() -> NoReturn:
    """Run `tl` with the arguments of the process and exit with its status."""
    gc.set_threshold(50_000, 20, 50)  # torch makes a million objects that stay: going over them costs 0.2 s
    atexit.register(gc.freeze)  # and half a second more to take them apart at the end, all at once
    try:
        status = app(prog_name="tl", standalone_mode=False)
    except KeyboardInterrupt:
        console.error("interrupted")
        sys.exit(2)
    except Exception as error:
        sys.exit(_failed(error))
    sys.exit(status if isinstance(status, int) else 0)


def _failed(error: Exception) -> int:
    """Say on stderr why the run failed; the exit status."""
    if os.environ.get("TL_TRACEBACK"):
        raise error
    name = type(error).__name__
    if hasattr(error, "format_message") and hasattr(error, "ctx"):  # what click says about wrong arguments
        context = error.ctx
        if name == "NoArgsIsHelpError":
            typer.echo(error.format_message(), err=True)
            return 2
        console.error(" ".join(error.format_message().split()))
        if context is not None:
            typer.echo(f"Try '{context.command_path} --help'.", err=True)
    elif name == "Abort":
        console.error("interrupted")
    elif type(error).__module__.split(".")[0] in ("grader", "tlcore"):
        console.error(str(error))  # our own errors say what to do
    elif isinstance(error, OSError) and "No usable temporary directory" in str(error):
        console.error("there is no folder for temporary files that can be written: make room, or set TMPDIR to one")
    elif isinstance(error, OSError):
        console.error(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    else:
        console.error(f"unexpected {name}: {error}\nThis is a fault in tl itself; TL_TRACEBACK=1 tl ... shows where.")
    return 2
