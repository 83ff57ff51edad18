"""An answer cell that is not written twice: it is made from the reference of its question.

    # %% question="ratio" minutes=5 difficulty=1 objectives="O2"
    (nothing below: the cell is tlcore/reference/<topic>/ratio.py)

The reference carries the solution marks. What a module needs and a cell does not is left out: the module's docstring,
type annotations of arguments and results, with the line breaks that they made necessary, `# type:` comments, and every
import that the cell does not need.
"""

import ast
import re
from collections.abc import Collection, Iterator

_SIGNATURE = re.compile(r"^([ \t]*(?:async )?def \w+\()\n((?:[ \t]+[^\n#()]+\n)+)[ \t]*\):$", re.MULTILINE)
_LINE_LENGTH = 120
_TYPE_COMMENT = re.compile(r"[ \t]*# type: .*$", re.MULTILINE)

Span = tuple[tuple[int, int], tuple[int, int]]
"""From (line, byte) to (line, byte), as `ast` counts them."""


def cell_of(reference: str, bound: Collection[str] = ()) -> str:
    """The answer cell, marks included, that the source of a reference module makes.

    `bound` are the names that cells above define or import: what imports nothing else is left out. Raises SyntaxError
    for a reference that is no Python.
    """
    source = _without(reference, [*_annotations(ast.parse(reference), reference), *_docstring(ast.parse(reference))])
    source = _TYPE_COMMENT.sub("", source)
    tree = ast.parse(source)
    needed = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - set(bound)
    source = _without(source, [_span(node) for node in tree.body if _is_left_out(node, needed)])
    source = _SIGNATURE.sub(_on_one_line, source)
    return re.sub(r"\n{3,}", "\n\n\n", source).strip("\n")


def _on_one_line(signature: re.Match[str]) -> str:
    """A signature that took several lines for its types, on one line if it fits there without them."""
    arguments = " ".join(signature[2].split()).rstrip(",")
    line = f"{signature[1]}{arguments}):"
    return line if len(line) <= _LINE_LENGTH else signature[0]


def _is_left_out(node: ast.stmt, needed: Collection[str]) -> bool:
    if isinstance(node, ast.ImportFrom):
        module = node.module or ""
        if node.level or module == "__future__" or module.startswith("tlcore.reference"):
            return True  # earlier answers have these names in the notebook
    if isinstance(node, ast.Import | ast.ImportFrom):
        names = {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        return names.isdisjoint(needed)
    return False


def _docstring(tree: ast.Module) -> Iterator[Span]:
    if ast.get_docstring(tree) is not None:
        yield _span(tree.body[0])


def _annotations(tree: ast.Module, source: str) -> Iterator[Span]:
    """Annotations of arguments and results. Those of a dataclass's fields are no mere types: they stay."""
    lines = source.split("\n")
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        for argument in every:
            if argument is not None and argument.annotation is not None:
                start = (argument.lineno, argument.col_offset + len(argument.arg.encode()))
                end = _end(argument.annotation)
                yield start, end
                # `r: int = 3` has spaces that `r=3` has not.
                default = re.match(r" *= *", lines[end[0] - 1].encode()[end[1] :].decode())
                if default:
                    yield end, (end[0], end[1] + default[0].index("="))
                    yield (end[0], end[1] + default[0].index("=") + 1), (end[0], end[1] + len(default[0]))
        if node.returns is not None:
            before = lines[node.returns.lineno - 1].encode()[: node.returns.col_offset].decode()
            arrow = len(before[: before.rindex("->")].rstrip().encode())
            yield (node.returns.lineno, arrow), _end(node.returns)


def _span(node: ast.stmt) -> Span:
    return (node.lineno, node.col_offset), _end(node)


def _end(node: ast.stmt | ast.expr) -> tuple[int, int]:
    assert node.end_lineno is not None and node.end_col_offset is not None
    return node.end_lineno, node.end_col_offset


def _without(source: str, spans: list[Span]) -> str:
    """The source without these pieces; lines that are empty then go with them."""
    lines = [line.encode() for line in source.split("\n")]
    emptied = set()
    for (first, start), (last, end) in sorted(spans, reverse=True):
        rest = lines[first - 1][:start] + lines[last - 1][end:]
        lines[first - 1 : last] = [rest, *[b""] * (last - first)]
        emptied |= set(range(first if rest.strip() else first - 1, last))
    return "\n".join(line.decode() for at, line in enumerate(lines) if at not in emptied)
