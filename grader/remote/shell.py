"""Runs a notebook's answer cells, and of the other cells only what an answer needs; or, asked to, what Jupyter would.

Every cell is read, not run, first: which names it binds and which it uses. An answer then runs after the statements
that bind what it uses: imports, functions and classes are lifted out of their cell alone; anything else brings its
whole cell. What names do not tell of (a registration, a method put on a class of torch) is found when all cells that
the learner wrote or changed run above the answer, whole and in order.
"""

from __future__ import annotations

import builtins
import io
import os
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from . import kernel_state, no_compiler
from .cells import Cell, Unit, is_python, read_cell
from .running import LEAST, run_on

BUILTINS = set(dir(builtins)) | {"get_ipython", "display", "In", "Out", "exit", "quit"}
_prepared: InteractiveShell | None = None


class NotebookShell:
    """A notebook in an IPython shell without front end: magics work, output goes nowhere."""

    def __init__(self, scratch: str):
        prepare()
        assert _prepared is not None
        self.shell = _prepared
        self.names: dict[str, Any] = self.shell.user_ns
        self.cells: list[Cell] = []
        self.imported: frozenset[str] = frozenset()
        """Names of modules: who changes `torch` for one answer does not do so for all that use it."""
        self.done: set[tuple[int, int]] = set()
        self.failures: dict[str, BaseException] = {}
        """What an answer's cell raised beside the definitions that stand all the same, by question."""
        self.failure: BaseException | None = None
        """That of the present question."""
        os.chdir(scratch)
        sys.path.insert(0, scratch)
        sys.stdout = sys.stderr = Nowhere()
        builtins.input = _nobody_answers
        self.fresh = kernel_state.now()
        self.before = self.fresh
        """The settings with which an answer's cell begins."""
        self.differs = False
        """Whether its settings are other than those of a fresh kernel."""

    def load(self, cells: list[dict[str, Any]], files: dict[str, str]) -> list[str]:
        """Take the code cells of a notebook: [{"source": str, "question": str | None, "handed_out": bool}], in order.

        `files` lay beside it, and lie in the working folder now. Returns the questions of which Jupyter would make
        the same as `answer` does: no cell above them does more than define functions.
        """
        for name, text in files.items():
            os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
            with open(name, "w", encoding="utf-8") as file:
                file.write(text)
        transform = self.shell.transform_cell
        self.cells = [
            read_cell(i, cell["source"], cell.get("question"), bool(cell.get("handed_out")), transform)
            for i, cell in enumerate(cells)
        ]
        self.imported = frozenset().union(*(cell.imports for cell in self.cells))
        plain: list[str] = []
        for cell in self.cells:
            if cell.question is not None:
                if cell.acts:
                    break
                plain.append(cell.question)
            elif not (cell.handed_out or cell.quiet):
                break
        return plain

    def answer(
        self, question: str, stand_ins: dict[str, list[str]] | None, seconds: float, as_jupyter: bool = False
    ) -> dict[str, Any]:
        """Run the answer of `question` after what it needs, in about `seconds`. Raises what the cell raised, unless it
        has defined something by then: that stands. as_jupyter: below a line of it that fails, the rest does not run.
        `stand_ins` ("names" and the "sources" that define them) then take the places of the learner's own parts; the
        grader asks such a session nothing else.

        Returns {"failed": the kind of error in which its cell ended, or "", "spent": whether the next question needs a
        fresh kernel, because something may be left here that names do not tell of}.
        """
        kernel_state.restore(self.before)
        deadline = time.monotonic() + seconds
        targets = [cell for cell in self.cells if cell.question == question]
        for cell in targets:
            if cell.error is not None:
                raise cell.error
            self._run_what_it_needs(cell.whole, deadline - seconds / 2)
            if cell.whole.position not in self.done:
                before = {name: self.names.get(name) for name in cell.whole.binds}
                failure = self._run(cell.whole, deadline, as_jupyter)
                if failure is not None:
                    if all(self.names.get(name) is old for name, old in before.items()):
                        raise failure
                    self.failures[question] = failure
        self.failure = self.failures.get(question)
        if stand_ins is not None:
            defined: dict[str, Any] = {"__name__": "stand_ins"}
            for source in stand_ins["sources"]:
                exec(compile(source, "<stand-ins>", "exec"), defined)
            self.names.update({name: defined[name] for name in stand_ins["names"]})
        self.differs = kernel_state.now() != self.fresh
        spent = self.differs or any(cell.acts for cell in targets)
        return {"failed": type(self.failure).__name__[:80] if self.failure is not None else "", "spent": spent}

    def above(self, question: str) -> list[int]:
        """The cells that `run_above` is for, in order: all above the answer that learners wrote or changed."""
        last = max((cell.index for cell in self.cells if cell.question == question), default=0)
        return [c.index for c in self.cells[:last] if not c.handed_out and c.question != question]

    def run_above(self, index: int, seconds: float) -> str:
        """Run one cell whole, as Jupyter would, for at most `seconds`; the kind of error in which it ended, or ""."""
        cell = self.cells[index]
        deadline = time.monotonic() + seconds
        # One answer's settings are not the next one's; those of any other cell are everybody's, as in Jupyter.
        with kernel_state.kept() if cell.question is not None else nullcontext():
            self._run_what_it_needs(cell.whole, deadline, [c for c in self.cells if c.handed_out])
            error = self._run(cell.whole, deadline, as_jupyter=True)
        self.before = kernel_state.now()
        return type(error).__name__[:80] if error is not None else ""

    def around_tools(self) -> AbstractContextManager[None]:
        """Our own functions run with a fresh kernel's settings, whatever those of the answer are."""
        return kernel_state.as_in(self.fresh) if self.differs else nullcontext()

    def provide(self, name: str) -> None:
        """Run what binds `name`, after what that needs; what is defined already stays.

        Hidden tests also call earlier answers, and a fresh session has only run what its first answer uses itself.
        """
        units = [u for u in self._needs(Unit((len(self.cells), -1), "", set(), {name})) if u.position not in self.done]
        defined = {n: self.names[n] for unit in units for n in unit.binds if n in self.names}
        for unit in units:
            self._run(unit, time.monotonic() + PROVIDING)
        self.names.update(defined)

    def _run_what_it_needs(self, target: Unit, deadline: float, among: list[Cell] | None = None) -> None:
        for unit in self._needs(target, among):
            if unit.position not in self.done:
                self._run(unit, deadline)

    def _run(self, unit: Unit, deadline: float, as_jupyter: bool = False) -> BaseException | None:
        index, statement = unit.position
        self.done |= {unit.position} | ({u.position for u in self.cells[index].units} if statement == -1 else set())
        seconds = max(deadline - time.monotonic(), LEAST)
        return run_on(self.shell, unit.source, seconds, self.shell.transform_cell, as_jupyter)

    def _needs(self, target: Unit, among: list[Cell] | None = None) -> list[Unit]:
        """The units that must run before `target`, in notebook order; only those of the cells `among`, if given."""
        units = [u for cell in among or self.cells if cell.error is None for u in cell.units]
        units = [u for u in units if u.position[0] != target.position[0]]
        found: dict[tuple[int, int], Unit] = {}
        waiting = [target]
        while waiting:
            unit = waiting.pop()
            for name in unit.uses:
                for provider in _providers(name, unit.position, units, name not in self.imported):
                    if provider.position not in found and provider.position != target.position:
                        found[provider.position] = provider
                        waiting.append(provider)
        # A cell that runs whole makes its functions and classes itself, and makes each of them once.
        whole = {cell for cell, statement in found if statement == -1}
        return [found[at] for at in sorted(found) if at[1] == -1 or at[0] not in whole]


PROVIDING = 10.0
"""Seconds for what a function needs that is looked up while hidden tests run. They have a time limit of their own."""


def _providers(name: str, position: tuple[int, int], units: list[Unit], amended: bool) -> list[Unit]:
    """Of `units`, those that bind `name` for what stands at `position`, and if it can be `amended` those that do so
    before that."""
    binders = [u for u in units if name in u.binds]
    before = [u for u in binders if u.position < position]
    chosen = before[-1:] or ([] if name in BUILTINS else binders[:1])
    start = chosen[0].position[0] if chosen else -1
    amenders = [u for u in units if amended and name in u.amends and start <= u.position[0] and u.position < position]
    stars = [u for u in units if u.everything] if not chosen and name not in BUILTINS else []
    return chosen + (amenders if chosen else []) + stars


class Nowhere(io.TextIOBase):
    """Standard output and error of a graded notebook: however much is written, nothing is kept."""

    def write(self, text: str) -> int:
        return len(text)

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    encoding = "utf-8"


def _nobody_answers(prompt: object = "") -> str:
    raise EOFError("input() waits for somebody to type, and nobody is there when an answer is graded")


def prepare() -> None:
    """Make the IPython shell (once): no history file, no threads, no front end, no system commands, no compiler."""
    global _prepared
    if _prepared is not None:
        return
    no_compiler.install()
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "NoColor"
    config.InteractiveShell.autocall = 0
    shell = InteractiveShell.instance(config=config)
    transform = shell.transform_cell
    shell.transform_cell = lambda source: source if is_python(source) else transform(source)  # type: ignore[method-assign]
    shell.display_pub = CapturingDisplayPublisher(shell=shell)
    shell.displayhook.write_output_prompt = lambda: None  # type: ignore[method-assign]
    shell.system = shell.system_piped = shell.system_raw = lambda command: None  # type: ignore[method-assign]
    shell.getoutput = lambda *a, **k: []  # type: ignore[method-assign]
    shell.enable_gui = lambda gui=None: None  # type: ignore[method-assign]
    shell.showtraceback = lambda *a, **k: None  # type: ignore[method-assign]
    shell.showsyntaxerror = lambda *a, **k: None  # type: ignore[method-assign]
    # IPython 9 keeps all that a cell prints: a million lines took 26 s of CPU time and all their memory; now 0.5 s.
    keep_nothing: Callable[..., Any] = lambda channel: nullcontext()  # noqa: E731
    shell._tee = keep_nothing  # type: ignore[method-assign]
    _prepared = shell
