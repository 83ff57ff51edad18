"""The rules about what a learner is told, and about how hidden tests and misconceptions are marked. Runs nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from grader.exercise.catalogue import ROOT
from grader.exercise.model import Exercise

LONGEST = 160
SHORTEST = 13
"""Characters of a line of code, without white space, from which on it gives something away: `returnmodule` has 12."""


def of_question(topic: str, question: str, root: Path = ROOT) -> Iterator[str]:
    """What the misconceptions' `asks` and docstrings and the hidden tests' fall short of, with file and line."""
    asked: dict[str, int] = {}
    for place, node, options in _marked(root / "tlcore" / "misconceptions" / topic / f"{question}.py", root):
        asks, line = options.get("asks"), node.lineno
        if asks is None:
            continue
        if not (ast.get_docstring(node) or "").strip():
            yield f"{place}: {node.name} has no docstring; say in a sentence what is believed: the class page shows it"
        if not asks.endswith("?"):
            yield f"{place}: asks of {node.name} is no question; end it with '?'"
        if len(asks) >= LONGEST:
            yield f"{place}: asks of {node.name} has {len(asks)} characters; write fewer than {LONGEST}"
        if asked.setdefault(asks, line) != line:
            yield f"{place}: {node.name} asks the same as the misconception at line {asked[asks]}; ask its own question"
    names: dict[str, int] = {}
    for place, node, options in _marked(root / "grader" / "hidden" / topic / f"{question}.py", root):
        if "weight" not in options and node.name.startswith("test_"):
            yield f'{place}: {node.name} is no hidden test; put @hidden_test(weight=..., says="...") above it'
            continue
        if "weight" not in options:
            continue
        says = options.get("says") or ""
        if not says.endswith((".", "?")):
            yield f"{place}: says of {node.name} must be a sentence that ends with '.' or '?'"
        title = (ast.get_docstring(node) or "").strip().partition("\n")[0]
        if names.setdefault(title, node.lineno) != node.lineno:
            yield f"{place}: the behaviour '{title}' is there twice (line {names[title]}); name each differently"


def spoilers(exercise: Exercise, question: str, root: Path = ROOT) -> Iterator[str]:
    """What a wrong answer to the question is told and is code of the topic: a solution, a reference, a hidden test."""
    topic = exercise.topic
    closed = {_folded(line) for each in exercise.questions for line in each.answer_source.splitlines()}
    for room in ("tlcore/reference", "grader/hidden"):
        for path in sorted((root / room / topic).glob("*.py")):
            closed.update(_statements(path))
    closed = {line for line in closed if len(line) >= SHORTEST}
    for room in ("tlcore/misconceptions", "grader/hidden"):
        for place, node, options in _marked(root / room / topic / f"{question}.py", root):
            title = (ast.get_docstring(node) or "").partition("\n")[0] if "weight" in options else ""
            for text in (options.get("asks", ""), options.get("says", ""), title):
                if any(line in _folded(text) for line in closed):
                    yield f"{place}: '{text}' holds a line of the solution or of a hidden test; ask, do not tell"


def _statements(path: Path) -> Iterator[str]:
    """The statements of a module, white space folded; docstrings are none."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError, OSError):  # importing it tells why
        return
    for node in ast.walk(tree):
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if isinstance(node, ast.stmt) and not hasattr(node, "body") and not docstring:
            yield _folded(ast.unparse(node))


def _folded(text: str) -> str:
    return re.sub(r"\s+", "", text)


def first_line(path: Path, root: Path = ROOT) -> str | None:
    """What is wrong with the first line of a wrong answer, which says the sentence that it breaks; or None."""
    line = path.read_text(encoding="utf-8").strip().partition("\n")[0]
    if line.startswith(("#", '"""', "'''")) and len(line.strip("#\"' ")) > 8:
        return None
    return f"{path.relative_to(root)}:1: begin with a comment: which sentence of the statement does this answer break?"


Marked = tuple[str, ast.FunctionDef | ast.ClassDef, dict[str, str]]


def _marked(path: Path, root: Path) -> Iterator[Marked]:
    """Functions and classes at the top level: place, node, options of its decorator (texts; others as source).

    A name that is defined twice is yielded twice. Nothing for a file that cannot be read; importing it tells why.
    """
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError, OSError):
        return
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            calls = [mark for mark in node.decorator_list if isinstance(mark, ast.Call)]
            options = {k.arg: _text(k.value) for call in calls for k in call.keywords if k.arg}
            yield f"{path.relative_to(root)}:{node.lineno}", node, options


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ast.unparse(node)
