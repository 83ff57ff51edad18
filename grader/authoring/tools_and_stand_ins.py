"""Names in hidden tests that mean something elsewhere: `student.tools.<name>` and `stand_ins=(...)`. Runs nothing.

A tool that nobody defines would show only when the test is run, and a stand-in that nobody defines only when an earlier
answer of a learner's is wrong.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Collection, Iterator
from pathlib import Path

from grader.exercise.catalogue import ROOT

TOOLS, STAND_INS = "grader/remote/tools", "grader/judging/stand_ins"
USERS = ("grader/hidden", "grader/student", TOOLS)
"""Where tools are used; those of one module may use another's."""


def unknown_names(path: Path, root: Path = ROOT) -> Iterator[str]:
    """Tools and stand-ins that a module names and nobody defines, with the one that may be meant."""
    tree, place = tree_of(path), path.relative_to(root)
    known: Collection[str] = {**tools(ROOT), **tools(root)}
    for name, line in _tools_used(tree):
        if name not in known:
            yield f"{place}:{line}: there is no tool {name}; {_instead(name, known, TOOLS, 'mark it @tool')}"
    known = stand_ins(ROOT) | stand_ins(root)
    for name, line in _stand_ins_named(tree):
        if name not in known:
            there = _instead(name, known, STAND_INS, "list it in __all__")
            yield f"{place}:{line}: there is no stand-in {name}; {there}"


def unused_tools(root: Path = ROOT) -> Iterator[str]:
    """Tools that no hidden test uses."""
    paths = [path for room in USERS for path in sorted((root / room).rglob("*.py"))]
    used = {name for path in paths for name, _ in _tools_used(tree_of(path))}
    for name, place in sorted(tools(root).items()):
        if name not in used:
            yield f"{place}: no hidden test uses the tool {name}; use it or remove it"


def tools(root: Path) -> dict[str, str]:
    """The tools by name, each with its `file:line`."""
    found: dict[str, str] = {}
    for path in sorted((root / TOOLS).glob("*.py")):
        for node in tree_of(path).body:
            marks = getattr(node, "decorator_list", [])
            if isinstance(node, ast.FunctionDef) and any(isinstance(m, ast.Name) and m.id == "tool" for m in marks):
                found[node.name] = f"{path.relative_to(root)}:{node.lineno}"
    return found


def stand_ins(root: Path) -> set[str]:
    """What the modules of stand-ins list in `__all__`."""
    found: set[str] = set()
    for path in sorted((root / STAND_INS).glob("*.py")):
        for name, value in _assigned(tree_of(path)):
            if name == "__all__":
                found |= {name for name, _ in _texts(value)}
    return found


def tree_of(path: Path) -> ast.Module:
    """The module's syntax tree; an empty one where it cannot be read, which is told where it is imported."""
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError, OSError):
        return ast.Module([], [])


def _tools_used(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value
            of = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
            if of in ("tools", "_tools"):
                yield node.attr, node.lineno


def _stand_ins_named(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Those in `stand_ins=(...)`, or in the constant of the module that stands there."""
    constants = dict(_assigned(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "stand_ins":
            value = node.value
            yield from _texts(constants.get(value.id, value) if isinstance(value, ast.Name) else value)


def _assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in tree.body:
        if isinstance(node, ast.Assign):
            yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))


def _texts(value: ast.expr) -> Iterator[tuple[str, int]]:
    for node in ast.walk(value):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, node.lineno


def _instead(name: str, known: Collection[str], room: str, how: str) -> str:
    near = difflib.get_close_matches(name, known, 1)
    return f"did you mean {near[0]}?" if near else f"write it in {room}/ and {how}"
