"""What may be on which side of the sandbox, read from the sources: only data crosses, and nothing closed is inside."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.sandbox.visible import is_open

ROOT = Path(__file__).parents[2]
INSIDE = (ROOT / "grader" / "sandbox" / "inside", ROOT / "grader" / "remote")
"""What the sandbox sees of the grader: each of these asks for nothing of the grader but itself."""
INSIDE_FILES = [path for folder in INSIDE for path in sorted(folder.rglob("*.py"))]
TRUSTED = [
    path
    for path in sorted((ROOT / "grader").rglob("*.py"))
    if not any(folder in path.parents for folder in INSIDE)
    and "classroom" not in path.parts
    and "shipped" not in path.parts
]
OPEN = [path for path in sorted((ROOT / "tlcore").rglob("*.py")) if is_open(path.relative_to(ROOT / "tlcore").parts[0])]
CLOSED = {path.stem for path in (ROOT / "tlcore").iterdir() if not is_open(path.name)}
REBUILDS_OBJECTS = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "copyreg"}
RUNS_TEXT = {"exec", "eval", "compile", "__import__"}
ALLOWED = {"grader/authoring/answers.py": {"exec", "compile"}}
"""The author's own answers, which are in this checkout, are run to be proved."""


def imported(tree: ast.AST, package: str) -> Iterator[str]:
    """The full names of all modules that a module of `package` imports, wherever it does so."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def modules_of(path: Path) -> list[str]:
    package = ".".join(path.relative_to(ROOT).parent.parts)
    return list(imported(ast.parse(path.read_text(encoding="utf-8")), package))


def dangerous(source: str) -> set[str]:
    """What of a module could make objects, or run code, out of bytes and texts."""
    tree = ast.parse(source)
    found = {name.split(".")[0] for name in imported(tree, "")} & REBUILDS_OBJECTS
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found |= {node.func.id} & RUNS_TEXT
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("torch.load", "np.load", "numpy.load"):
            found.add(ast.unparse(node.func))
    return found


def test_the_trusted_side_makes_no_objects_and_runs_no_code_out_of_data() -> None:
    found = {name_of(path): dangerous(path.read_text(encoding="utf-8")) for path in TRUSTED}
    assert {name: what for name, what in found.items() if what} == ALLOWED


@pytest.mark.parametrize(
    "source",
    ["import pickle", "from torch import load\nimport torch\ntorch.load(f)", "exec(text)", "import joblib.memory"],
)
def test_such_a_thing_would_be_found(source: str) -> None:
    assert dangerous(source)


def own_package(name: str) -> str:
    return "grader.remote." if name.startswith("grader/remote/") else "grader.sandbox.inside."


def test_code_inside_the_sandbox_asks_for_nothing_else_of_the_grader() -> None:
    asked = {name_of(path): [name for name in modules_of(path) if name.startswith("grader.")] for path in INSIDE_FILES}
    assert sum(map(len, asked.values())) > 10  # they do ask for one another
    outside = {name: [n for n in names if not n.startswith(own_package(name))] for name, names in asked.items()}
    assert {name: names for name, names in outside.items() if names} == {}


def test_the_open_part_knows_nothing_of_what_is_closed() -> None:
    closed = ("grader.", *(f"tlcore.{name}." for name in CLOSED))
    assert {"reference", "misconceptions"} <= CLOSED
    asked = {name_of(path): [n for n in modules_of(path) if f"{n}.".startswith(closed)] for path in OPEN}
    assert {name: names for name, names in asked.items() if names} == {}
