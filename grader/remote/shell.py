"""Runs a notebook's answer cells, and of the other cells only what an answer needs.

Every cell is read, not run, first: which names it binds and which it uses. An answer then runs after the statements
that bind what it uses: imports, functions and classes are lifted out of their cell alone; anything else brings its
whole cell.
"""

from __future__ import annotations

import ast
import builtins
import io
import os
import symtable
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

BUILTINS = set(dir(builtins)) | {"get_ipython", "display", "In", "Out", "exit", "quit"}
_prepared: InteractiveShell | None = None


@dataclass
class Unit:
    """A piece of a notebook that runs as one: a lifted statement, or a whole cell."""

    position: tuple[int, int]
    source: str
    binds: set[str]
    uses: set[str]
    amends: set[str] = field(default_factory=set)
    """Names whose objects it changes: `model.fc = ...`, `table["x"] = ...`."""
    everything: bool = False
    """A star import: it may bind any name."""


@dataclass
class Cell:
    """One code cell: its units, and the question that it answers, if any."""

    index: int
    question: str | None
    whole: Unit
    units: list[Unit]
    error: SyntaxError | None = None


class NotebookShell:
    """A notebook in an IPython shell without front end: magics work, output goes nowhere."""

    def __init__(self, scratch: str):
        prepare()
        assert _prepared is not None
        self.shell = _prepared
        self.names: dict[str, Any] = self.shell.user_ns
        self.cells: list[Cell] = []
        self.done: set[tuple[int, int]] = set()
        os.chdir(scratch)
        sys.path.insert(0, scratch)
        sys.stdout = sys.stderr = Nowhere()
        builtins.input = _nobody_answers

    def load(self, cells: list[dict[str, Any]]) -> None:
        """Take the code cells of a notebook: [{"source": str, "question": str | None}], in order."""
        self.cells = [self._read(i, cell["source"], cell.get("question")) for i, cell in enumerate(cells)]

    def answer(self, question: str, stand_ins: dict[str, list[str]] | None = None) -> list[str]:
        """Run the answer of `question` after what it needs; the names that it defined. Raises what the cell raised.

        `stand_ins` ("names" and the "sources" that define them) then take the places of the learner's own parts; the
        grader asks such a session nothing else.
        """
        targets = [cell for cell in self.cells if cell.question == question]
        for cell in targets:
            if cell.error is not None:
                raise cell.error
            for unit in self._needs(cell.whole):
                if unit.position not in self.done:
                    self._run(unit, strict=False)
            if cell.whole.position not in self.done:
                self._run(cell.whole, strict=True)
        if stand_ins is not None:
            defined: dict[str, Any] = {"__name__": "stand_ins"}
            for source in stand_ins["sources"]:
                exec(compile(source, "<stand-ins>", "exec"), defined)
            self.names.update({name: defined[name] for name in stand_ins["names"]})
        return sorted(set().union(*(cell.whole.binds for cell in targets)))

    def provide(self, name: str) -> None:
        """Run what binds `name`, after what that needs; what is defined already stays.

        Hidden tests also call earlier answers, and a fresh session has only run what its first answer uses itself.
        """
        units = [u for u in self._needs(Unit((len(self.cells), -1), "", set(), {name})) if u.position not in self.done]
        defined = {n: self.names[n] for unit in units for n in unit.binds if n in self.names}
        for unit in units:
            self._run(unit, strict=False)
        self.names.update(defined)

    def _run(self, unit: Unit, strict: bool) -> None:
        self.done.add(unit.position)
        result = self.shell.run_cell(unit.source, store_history=False, silent=True)
        error = result.error_before_exec or result.error_in_exec
        if error is not None and strict:
            raise error

    def _needs(self, target: Unit) -> list[Unit]:
        """The units that must run before `target`, in notebook order."""
        found: dict[tuple[int, int], Unit] = {}
        waiting = [target]
        while waiting:
            unit = waiting.pop()
            for name in unit.uses - BUILTINS:
                for provider in self._providers(name, unit.position, target):
                    if provider.position not in found and provider.position != target.position:
                        found[provider.position] = provider
                        waiting.append(provider)
        return [found[position] for position in sorted(found)]

    def _providers(self, name: str, position: tuple[int, int], target: Unit) -> list[Unit]:
        units = [u for cell in self.cells if cell.error is None for u in cell.units]
        units = [u for u in units if u.position[0] != target.position[0]]
        binders = [u for u in units if name in u.binds]
        before = [u for u in binders if u.position < position]
        chosen = before[-1:] or binders[:1]
        start = chosen[0].position if chosen else (-1, -1)
        amenders = [u for u in units if name in u.amends and start < u.position < position] if chosen else []
        stars = [u for u in units if u.everything] if not chosen else []
        return chosen + amenders + stars

    def _read(self, index: int, source: str, question: str | None) -> Cell:
        empty = Unit((index, -1), source, set(), set())
        try:
            return self._taken_apart(index, source, question)
        except SyntaxError as error:
            return Cell(index, question, empty, [], error)
        except Exception as error:  # too deep, too many magics, a NUL byte: that cell is lost, the others are not
            return Cell(index, question, empty, [], SyntaxError(f"the cell cannot be read: {type(error).__name__}"))

    def _taken_apart(self, index: int, source: str, question: str | None) -> Cell:
        python = self.shell.transform_cell(source)
        tree = ast.parse(python)
        binds, uses = _names(python)
        statements = list(_statements(tree))
        whole = Unit((index, -1), source, binds, uses, _amended(statements), any(map(_is_star, statements)))
        if question is not None:
            return Cell(index, question, whole, [whole])
        units, rest = [], set(binds)
        for i, node in enumerate(tree.body):
            if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                text = ast.unparse(node)
                node_binds, node_uses = _names(text)
                units.append(Unit((index, i), text, node_binds, node_uses, everything=_is_star(node)))
                rest -= node_binds
        # What is bound otherwise needs the whole cell: a statement may depend on any before it.
        units.append(Unit((index, -1), source, rest, uses, whole.amends))
        return Cell(index, question, whole, units)


def _is_python(source: str) -> bool:
    """Whether a cell can be read as it is. Only others have magics, and looking for them costs more than reading."""
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def _names(python: str) -> tuple[set[str], set[str]]:
    """Names that a piece of source binds at its top level, and names that it needs from elsewhere."""
    table = symtable.symtable(python, "<cell>", "exec")
    binds: set[str] = set()
    uses: set[str] = set()
    for symbol in table.get_symbols():
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace():
            binds.add(symbol.get_name())
        elif symbol.is_referenced():
            uses.add(symbol.get_name())
    tables = list(table.get_children())
    while tables:
        inner = tables.pop()
        tables += inner.get_children()
        for symbol in inner.get_symbols():
            if symbol.is_global() and symbol.is_assigned():
                binds.add(symbol.get_name())
            elif symbol.is_global() and symbol.is_referenced():
                uses.add(symbol.get_name())
    return binds, uses - binds


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """All statements, in functions and loops too. Most of a tree is expressions, and none of these holds one."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for name in ("body", "orelse", "handlers", "finalbody", "cases"):
            waiting += getattr(node, name, ())


def _amended(statements: list[ast.AST]) -> set[str]:
    names = set()
    for node in statements:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
        )
        for target in targets:
            root = target
            while isinstance(root, ast.Attribute | ast.Subscript):
                root = root.value
            if isinstance(root, ast.Name) and root is not target:
                names.add(root.id)
    return names


def _is_star(node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)


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
    """Make the IPython shell (once): no history file, no threads, no front end, no system commands."""
    global _prepared
    if _prepared is not None:
        return
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "NoColor"
    config.InteractiveShell.autocall = 0
    shell = InteractiveShell.instance(config=config)
    transform = shell.transform_cell
    shell.transform_cell = lambda source: source if _is_python(source) else transform(source)  # type: ignore[method-assign]
    shell.display_pub = CapturingDisplayPublisher(shell=shell)
    shell.displayhook.write_output_prompt = lambda: None  # type: ignore[method-assign]
    shell.system = shell.system_piped = shell.system_raw = lambda command: None  # type: ignore[method-assign]
    shell.getoutput = lambda *a, **k: []  # type: ignore[method-assign]
    shell.enable_gui = lambda gui=None: None  # type: ignore[method-assign]
    shell.showtraceback = lambda *a, **k: None  # type: ignore[method-assign]
    shell.showsyntaxerror = lambda *a, **k: None  # type: ignore[method-assign]
    # IPython 9 keeps all that a cell prints: a million lines took 26 s of CPU time and all their memory; now 0.5 s.
    keep_nothing: Any = lambda channel: nullcontext()  # noqa: E731
    shell._tee = keep_nothing  # type: ignore[method-assign]
    _prepared = shell
