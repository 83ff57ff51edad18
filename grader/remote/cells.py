"""Code cells, read before any of them runs: which names each binds, uses and amends, and in which pieces it can run."""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

DEFINITIONS = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
"""Statements that can be lifted out of their cell."""

_AROUND = re.compile(r"\s*%%(time|capture|prun)\b([^\n]*)\n(.*)", re.DOTALL)
"""Cell magics that only run the cell, with a look at how long it took or where its output went."""
_TIMEIT = re.compile(r"\s*%%timeit\b[^\n]*\n(.*)", re.DOTALL)
_OPTIONS = re.compile(r"(?:-{1,2}[\w-]+\s*\d*\s+)*")
_RUNS_PYTHON = {"time", "timeit", "prun"}
"""Line magics whose text is Python: what it uses is used, what it binds is bound (but for `timeit`)."""


@dataclass
class Unit:
    """A piece of a notebook that runs as one: a lifted statement, or a whole cell."""

    position: tuple[int, int]
    """The cell's index, and the statement's in it: -1 for the whole cell."""
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
    handed_out: bool = False
    """It stands in the exercise as learners get it: an author's, and not changed."""
    imports: frozenset[str] = frozenset()
    """Names that it binds by importing them."""
    quiet: bool = True
    """It only imports, and defines functions: a cell of which any part may run without the rest, and in any order."""
    acts: bool = False
    """It does more than define, import and name values: it may leave state behind that no name tells of."""
    error: SyntaxError | None = None


def read_cell(index: int, source: str, question: str | None, handed_out: bool, transform: Callable[[str], str]) -> Cell:
    """A cell, taken apart. `transform` turns IPython's own syntax into Python's.

    One that cannot be read (too deep, too many magics, a NUL byte) carries the error; the others are not lost.
    """
    empty = Unit((index, -1), source, set(), set())
    try:
        return _taken_apart(index, source, question, handed_out, transform)
    except SyntaxError as error:
        return Cell(index, question, empty, [], handed_out, quiet=False, error=error)
    except Exception as error:
        unreadable = SyntaxError(f"the cell cannot be read: {type(error).__name__}")
        return Cell(index, question, empty, [], handed_out, quiet=False, error=unreadable)


def is_python(source: str) -> bool:
    """Whether a cell can be read as it is. Only others have magics, and looking for them costs more than reading."""
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def first_line(node: ast.stmt) -> int:
    """The line on which a statement begins, its decorators included."""
    return min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])


def _taken_apart(
    index: int, source: str, question: str | None, handed_out: bool, transform: Callable[[str], str]
) -> Cell:
    source = _unwrapped(source)
    timed = _TIMEIT.match(source)
    python = transform(timed[1] if timed else source)
    tree = ast.parse(python)
    binds, uses = _names(python)
    statements = list(_statements(tree))
    more_binds, more_uses = _of_magics(tree)
    binds, uses = binds | more_binds, uses | (more_uses - binds)
    if timed:  # it runs in a function of its own
        binds, uses = set(), uses | binds
    whole = Unit((index, -1), source, binds, uses, _amended(statements), any(map(_is_star, statements)))
    cell = Cell(index, question, whole, [whole], handed_out)
    cell.imports = frozenset(
        (alias.asname or alias.name).partition(".")[0]
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    )
    cell.quiet = not timed and all(map(_is_quiet, tree.body))
    cell.acts = timed is not None or not all(map(_only_binds, tree.body))
    if question is not None or timed:
        return cell
    units, rest = [], set(binds)
    later = any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body)
    for i, node in enumerate(tree.body):
        if isinstance(node, DEFINITIONS):
            text = ast.unparse(node)
            node_binds, node_uses = _names(text)
            if later and not (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
                text = f"from __future__ import annotations\n{text}"
            units.append(Unit((index, i), text, node_binds, node_uses, everything=_is_star(node)))
            rest -= node_binds
    # What is bound otherwise needs the whole cell: a statement may depend on any before it.
    units.append(Unit((index, -1), source, rest, uses, whole.amends))
    cell.units = units
    return cell


def _unwrapped(source: str) -> str:
    """The cell below `%%time` and its like, which bind in the notebook what the cell below them binds."""
    while (found := _AROUND.match(source)) is not None:
        magic, line, body = found.groups()
        variable = [word for word in line.split() if not word.startswith("-")]
        source = f"{variable[0]} = None\n{body}" if magic == "capture" and variable else body
    return source


def _of_magics(tree: ast.Module) -> tuple[set[str], set[str]]:
    """Names that the Python in line magics binds and uses, once IPython has made calls of them."""
    binds: set[str] = set()
    uses: set[str] = set()
    for node in tree.body:
        call = node.value if isinstance(node, ast.Expr | ast.Assign) else None
        if not (isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "run_line_magic"):
            continue
        magic, text = (
            a.value if isinstance(a, ast.Constant) else "" for a in [*call.args, *[ast.Constant("")] * 2][:2]
        )
        if magic not in _RUNS_PYTHON or not isinstance(text, str):
            continue
        try:
            magic_binds, magic_uses = _names(_OPTIONS.sub("", text + "\n", count=1))
        except (SyntaxError, ValueError):
            continue
        uses |= magic_uses
        binds |= magic_binds if magic != "timeit" else set()
    return binds, uses


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


def _is_quiet(node: ast.stmt) -> bool:
    """An import or a function that can be lifted out without loss. Names of builtins are another matter."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return not node.decorator_list and node.name not in _BUILT_IN
    if isinstance(node, ast.ImportFrom):
        return node.module != "__future__"
    return isinstance(node, ast.Import | ast.Pass) or _is_text(node)


def _only_binds(node: ast.stmt) -> bool:
    """A definition, an import, or a plain name for a value."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return not node.decorator_list
    if isinstance(node, ast.Assign):
        named = all(isinstance(target, ast.Name) for target in node.targets)
        return named and not any(isinstance(part, ast.Call) for part in ast.walk(node.value))
    return isinstance(node, ast.Import | ast.ImportFrom | ast.Pass) or _is_text(node)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


_BUILT_IN = set(dir(__import__("builtins")))
