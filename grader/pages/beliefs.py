"""What somebody believes who holds a misconception: the first sentence of its docstring, read without importing it.

Importing `tlcore.misconceptions` imports torch; the pages are written without.
"""

import ast
import re
from functools import cache

from grader.exercise.catalogue import ROOT

_NAME = re.compile(r"[a-z][a-z0-9_]*")
# A sentence ends at a full stop before white space; those of `e.g.` or `0.1` do not.
_END = re.compile(r"(?<=[a-z0-9)`'\"\]][.?!])\s")


def belief(exercise: str, question: str, label: str) -> str:
    """The sentence for a misconception of a question of `exercise`; empty where there is none (an older one)."""
    return beliefs_of(exercise[3:], question).get(label, "")


@cache
def beliefs_of(topic: str, question: str) -> dict[str, str]:
    """Label -> sentence, for a question of a topic; empty for names that are none.

    Names come from records, which anybody may have edited: they must not lead to another file.
    """
    if not (_NAME.fullmatch(topic) and _NAME.fullmatch(question)):
        return {}
    path = ROOT / "tlcore" / "misconceptions" / topic / f"{question}.py"
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError):
        return {}
    nodes = [
        node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]
    return {node.name: _sentence(ast.get_docstring(node) or "") for node in nodes}


def _sentence(docstring: str) -> str:
    paragraph = " ".join(docstring.strip().partition("\n\n")[0].split())
    return _END.split(paragraph, maxsplit=1)[0]
