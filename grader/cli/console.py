"""What the verbs print: results on stdout, everything else on stderr, progress on a terminal only."""

import json
import os
import shlex
import signal
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer


def say(text: str = "") -> None:
    """A line of the result, as it is: no colour codes, no markup. Characters that the terminal lacks are replaced."""
    typer.echo(_printable(text, sys.stdout))


def note(text: str) -> None:
    """A line beside the result, such as where a file was written."""
    typer.echo(_printable(text, sys.stderr), err=True)


def error(text: str) -> None:
    """An error, each of its lines marked as one."""
    for line in text.strip().splitlines() or ["unknown"]:
        note(f"error: {line}")


def print_json(data: Any) -> None:
    """`data` for a script. ASCII only, so that no name can send control characters to a terminal."""
    typer.echo(json.dumps(data, indent=1, allow_nan=False))


@contextmanager
def steps(label: str, total: int | None = None) -> Iterator[Callable[[str], None]]:
    """A progress bar on stderr while the block runs; silent when stderr is not a terminal.

    Gives a function to call with the name of each step as it begins; without `total` a spinner turns.
    """
    if not sys.stderr.isatty():
        yield lambda name: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = [SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()]
    begun = 0
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=total)

        def step(name: str) -> None:
            nonlocal begun
            progress.update(task, description=f"{label} {escape(name)}", completed=begun if total else None)
            begun += 1

        yield step


def plain(text: str) -> str:
    """Text of unknown origin for a terminal: no control, escape or direction characters."""
    return "".join(c if unicodedata.category(c)[0] != "C" else "\N{REPLACEMENT CHARACTER}" for c in text)


def typed(path: Path) -> str:
    """A path as it has to be typed in a command: quoted where it has spaces or the like."""
    text = str(path)
    return subprocess.list2cmdline([text]) if os.name == "nt" else shlex.quote(text)


@contextmanager
def interruptible(event: threading.Event, message: str) -> Iterator[None]:
    """While the block runs, a first Ctrl-C sets `event` and says `message`; a second one interrupts."""

    def first(number: int, frame: Any) -> None:
        event.set()
        note(message)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def table(columns: list[str], rows: list[list[str]], title: str | None = None) -> None:
    """A table on stdout. Cells are plain text: nothing in them is taken for markup."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    # Wide enough for any row when there is no terminal to wrap for: a file or a pipe is read by line.
    console = Console(width=None if sys.stdout.isatty() else 200)
    made = Table(title=title, box=box.SIMPLE, show_edge=False, pad_edge=False, title_justify="left")
    for column in columns:
        made.add_column(column)
    for row in rows:
        made.add_row(*(Text(_printable(cell, sys.stdout)) for cell in row))
    console.print(made)


def _printable(text: str, stream: Any) -> str:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)
