"""The answer cell that is made from a reference: what a notebook shows of it, and what it leaves out."""

import ast
from pathlib import Path

import pytest

from grader.exercise.catalogue import ROOT
from grader.exercise.reference_cell import cell_of

REFERENCE = '''"""A share, and what it is good for."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable
from typing import Any, overload

import torch
from torch import Tensor, nn

from tlcore.reference.ratios.part_of import part_of

LIMIT: float = 1.0


def share_of(part: float, whole: Tensor | None = None, *rest: int, exact: bool=False, **more: Any) -> dict[str, Tensor]:
    """The share of `part` in `whole`."""
    # 1. divide
    ### BEGIN SOLUTION
    found: float = part_of(part) / math.floor(whole)  # type: ignore[arg-type]
    return {"ä -> ö": nn.Parameter(torch.tensor(found))}
    ### END SOLUTION
'''


def test_what_a_module_needs_and_a_cell_does_not_is_left_out() -> None:
    assert cell_of(REFERENCE, bound={"torch", "nn"}) == (
        """import math


LIMIT: float = 1.0


def share_of(part, whole=None, *rest, exact=False, **more):
    \"\"\"The share of `part` in `whole`.\"\"\"
    # 1. divide
    ### BEGIN SOLUTION
    found: float = part_of(part) / math.floor(whole)
    return {"ä -> ö": nn.Parameter(torch.tensor(found))}
    ### END SOLUTION"""
    )


def test_an_import_stays_whole_unless_cells_above_have_all_of_it_that_is_needed() -> None:
    assert "import torch\nfrom torch import Tensor, nn\n" in cell_of(REFERENCE)
    assert "from torch import Tensor, nn\n" in cell_of(REFERENCE, bound={"torch"})


@pytest.mark.parametrize("unneeded", ["import copy", "Iterable", "overload", "__future__", "tlcore.reference"])
def test_imports_that_nothing_needs_are_never_there(unneeded: str) -> None:
    assert unneeded in REFERENCE
    assert unneeded not in cell_of(REFERENCE)


@pytest.mark.parametrize(
    ("line", "cell"),
    [
        ("def f(x: int) -> int: return x", "def f(x): return x"),
        ("def f(x: int=3, y: str = 'a -> b') -> None: pass", "def f(x=3, y='a -> b'): pass"),
        ("def f(ä: dict[str, int], /, *, ö: str = 'ü') -> str: return ö", "def f(ä, /, *, ö='ü'): return ö"),
        ("async def f(*xs: int, **ys: int) -> int: return 1", "async def f(*xs, **ys): return 1"),
        (
            "class C:\n    def m(self, x: 'C') -> C:\n        return x",
            "class C:\n    def m(self, x):\n        return x",
        ),
        (
            "def f(\n    x: int,\n    y: list[\n        int\n    ],\n) -> int:\n    return x",
            "def f(x, y):\n    return x",
        ),
        (
            f"def f(\n    x: int, y={'1' * 110}\n) -> int:\n    return x",
            f"def f(\n    x, y={'1' * 110}\n):\n    return x",
        ),
        ("def f(\n    x: int,  # why\n):\n    return x", "def f(\n    x,  # why\n):\n    return x"),
        ("x = [1]  # type: list[int]", "x = [1]"),
        (
            "@dataclass\nclass C:\n    x: int = 3",
            "@dataclass\nclass C:\n    x: int = 3",
        ),
        ("'''Of the module.'''\n\n\nx = 1", "x = 1"),
        ("def f():\n    '''Of the function.'''", "def f():\n    '''Of the function.'''"),
    ],
)
def test_annotations_and_docstrings(line: str, cell: str) -> None:
    assert cell_of(line) == cell


def test_what_is_no_python_is_said_with_its_line() -> None:
    with pytest.raises(SyntaxError) as caught:
        cell_of("x = 1\ndef f(:\n    pass\n")
    assert caught.value.lineno == 2


REFERENCES = sorted((ROOT / "tlcore" / "reference").glob("*/*.py"))


@pytest.mark.parametrize("path", REFERENCES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_is_made_of_a_real_reference_does_what_it_does(path: Path) -> None:
    """The same statements: taken apart, both are alike but for imports, annotations and the module's docstring."""
    source = path.read_text(encoding="utf-8")
    cell = cell_of(source)
    assert stripped(cell) == stripped(source)
    assert "# type:" not in cell and "from __future__" not in cell
    names = {node.id for node in ast.walk(ast.parse(cell)) if isinstance(node, ast.Name)}
    for node in ast.walk(ast.parse(cell)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            assert names & {alias.asname or alias.name.partition(".")[0] for alias in node.names}


def stripped(source: str) -> list[str]:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
            for argument in ast.walk(node.args):
                if isinstance(argument, ast.arg):
                    argument.annotation = None
    is_docstring = bool(ast.get_docstring(tree))
    return [ast.unparse(node) for node in tree.body[is_docstring:] if not isinstance(node, ast.Import | ast.ImportFrom)]
